import Bytes
import Digests
import NetworkSupport
import OCI
import Registry
import Synchronization
import Testing

/// Uploads to registries that lose sessions, or support one way of sending the bytes only.
@Suite struct UploadSessionTests {
    private static let small = sampleBytes(100_000)
    private static let large = sampleBytes(20 << 20, seed: 2)

    /// Named, since the runner describes every argument byte for byte.
    enum BlobSize: Sendable {
        case small, large
        var bytes: [UInt8] { self == .small ? UploadSessionTests.small : UploadSessionTests.large }
    }

    /// A registry that keeps sessions as the specification has it, until `rule` has another answer. A nil answer of it
    /// counts as none; `.cut` cuts the connection.
    private final class Sessions: Sendable {
        struct Session {
            var bytes: [UInt8] = []
        }
        enum Rule { case none, cut, reply(ScriptedServer.Reply) }

        let sessions = Mutex<[String: Session]>([:])
        let blobs = Mutex<[[UInt8]]>([])
        let rule: @Sendable (RecordedRequest, [UInt8], Int) -> Rule
        let numbers = Mutex<[String: Int]>([:])

        init(_ rule: @escaping @Sendable (RecordedRequest, [UInt8], Int) -> Rule) { self.rule = rule }

        func answer(_ request: RecordedRequest, _ body: [UInt8]) -> ScriptedServer.Reply? {
            let number = numbers.withLock { numbers in
                numbers[request.method, default: 0] += 1
                return numbers[request.method] ?? 0
            }
            switch rule(request, body, number) {
            case .cut: return nil
            case .reply(let reply): return reply
            case .none: break
            }
            if request.method == "HEAD" {
                let digests = blobs.withLock { $0.map { SHA256Digest(hashing: $0).oci } }
                let isKnown = digests.contains { request.path.hasSuffix($0) }
                return ScriptedServer.Reply(isKnown ? 200 : 404)
            }
            if request.method == "POST" {
                let name = "/u/\(number)"
                sessions.withLock { $0[name] = Session() }
                return ScriptedServer.Reply(202, ["Location": "\(name)?_state=\(number)"])
            }
            return sessions.withLock { sessions in
                guard var session = sessions[request.path] else { return ScriptedServer.Reply(404) }
                if let range = request.header("Content-Range"),
                    range.split(separator: "-").first != "\(session.bytes.count)"
                {
                    return ScriptedServer.Reply(416)
                }
                session.bytes += body
                sessions[request.path] = session
                let count = session.bytes.count
                guard request.method == "PUT" else {
                    return ScriptedServer.Reply(
                        request.method == "GET" ? 204 : 202, ["Range": "0-\(max(count, 1) - 1)"])
                }
                guard request.parameters("digest") == [SHA256Digest(hashing: session.bytes).oci] else {
                    return ScriptedServer.Reply(400, text: #"{"errors":[{"code":"DIGEST_INVALID"}]}"#)
                }
                blobs.withLock { $0.append(session.bytes) }
                return ScriptedServer.Reply(201)
            }
        }
    }

    /// Uploads `bytes` and says how the registry was asked; the error where there is one.
    private func upload(
        _ bytes: [UInt8], _ rule: @escaping @Sendable (RecordedRequest, [UInt8], Int) -> Sessions.Rule
    ) async throws -> (requests: [RecordedRequest], error: RegistryError?) {
        let sessions = Sessions(rule)
        let server = try await ScriptedServer { sessions.answer($0, $1) }
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
        let reference = try ImageReference("\(server.name)/a/b")
        var failure: RegistryError?
        do {
            try await withClient { (client) async throws in
                _ = try await client.upload(
                    blob, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
            }
        } catch let error as RegistryError { failure = error }
        #expect(sessions.blobs.withLock { $0.contains(bytes) } == (failure == nil))
        await server.close()
        return (server.requests, failure)
    }

    private func count(_ method: String, _ requests: [RecordedRequest]) -> Int {
        requests.count { $0.method == method }
    }

    @Test(
        "After a cut, a session that the registry does not know any more is replaced by a new one",
        arguments: [400, 401, 403, 404, 405, 409, 410, 416, 418, 501], [BlobSize.small, .large])
    func theStatusIsRefused(status: Int, size: BlobSize) async throws {
        let cut = size == .large ? "PATCH" : "PUT"
        let (requests, error) = try await upload(size.bytes) { request, _, number in
            if request.method == cut, number == 1 { return .cut }
            return request.method == "GET" ? .reply(.init(status)) : .none
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(count("POST", requests) == 2)
        #expect(count("GET", requests) == 1)
    }

    @Test(
        "After a cut, the session is still known and refuses the rest",
        arguments: [400, 403, 404, 405, 409, 410, 416, 422])
    func theRestIsRefused(status: Int) async throws {
        let (requests, error) = try await upload(Self.large) { request, _, number in
            if request.method == "PUT", number == 1 { return .cut }
            if request.method == "PUT", number == 2 { return .reply(.init(status)) }
            return .none
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(count("POST", requests) == 2)
    }

    @Test(
        "A status that says nothing of how much came is no reason to guess",
        arguments: [nil, "", "x", "0--1"])
    func theRangeIsMissing(range: String?) async throws {
        let (requests, error) = try await upload(Self.large) { request, _, number in
            if request.method == "PATCH", number == 1 { return .cut }
            return request.method == "GET"
                ? .reply(.init(204, range.map { ["Range": $0] } ?? [:])) : .none
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(count("POST", requests) == 2)
    }

    @Test("Internal errors about a session are believed the second time")
    func theStatusFails() async throws {
        let (requests, error) = try await upload(Self.small) { request, _, number in
            if request.method == "PUT", number == 1 { return .cut }
            return request.method == "GET" ? .reply(.init(500)) : .none
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(count("GET", requests) == 2)
        #expect(count("POST", requests) == 2)
    }

    @Test("Ranges that end with the count of bytes")
    func rangesThatCount() async throws {
        let bytes = sampleBytes(40 << 20, seed: 3)
        let received = Mutex(0)
        let sessions = Mutex<[UInt8]>([])
        let server = try await ScriptedServer { request, body in
            switch request.method {
            case "HEAD": return .init(404)
            case "POST": return .init(202, ["Location": "/u/1"])
            case "PATCH":
                let start = request.header("Content-Range")?.split(separator: "-").first.flatMap { Int($0) }
                guard start == received.withLock({ $0 }) else { return .init(416) }
                let total = received.withLock { received in
                    received += body.count
                    return received
                }
                sessions.withLock { $0 += body }
                return .init(202, ["Range": "0-\(total)"])
            default:
                sessions.withLock { $0 += body }
                return .init(201)
            }
        }
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
        let reference = try ImageReference("\(server.name)/a/b")
        try await withClient { (client) async throws in
            _ = try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
        }
        #expect(sessions.withLock { $0 == bytes })
        #expect(server.methods == ["HEAD", "POST", "PATCH", "PATCH", "PUT"])
        await server.close()
    }

    @Test(
        "Registries without chunks get the blob in one request",
        arguments: [400, 403, 404, 405, 411, 416, 501])
    func noChunks(status: Int) async throws {
        let (requests, error) = try await upload(Self.large) { request, _, _ in
            request.method == "PATCH" ? .reply(.init(status)) : .none
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(requests.last?.method == "PUT")
        #expect(requests.last?.header("Content-Length") == "\(Self.large.count)")
    }

    @Test(
        "Registries that take no bytes with a PUT get them as Docker sends them",
        arguments: [404, 405, 416, 501])
    func noBytesWithPut(status: Int) async throws {
        let (requests, error) = try await upload(Self.small) { request, body, _ in
            request.method == "PUT" && !body.isEmpty ? .reply(.init(status)) : .none
        }
        #expect(error == nil, "\(String(describing: error))")
        let patch = try #require(requests.first { $0.method == "PATCH" })
        #expect(patch.header("Content-Range") == nil)
        #expect(requests.last?.header("Content-Length") == "0")
    }

    @Test("Where one request may not have much, it has less")
    func smallRequests() async throws {
        let limit = 1 << 20
        let (requests, error) = try await upload(Self.large) { _, body, _ in
            body.count > limit ? .reply(.init(413, text: "<h1>413 Request Entity Too Large</h1>")) : .none
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(count("PATCH", requests) >= 20)
        let (_, refused) = try await upload(Self.large) { _, body, _ in
            body.count > 1000 ? .reply(.init(413, text: "<h1>413 Request Entity Too Large</h1>")) : .none
        }
        #expect(refused?.problem == .refused(status: 413, message: "413 Request Entity Too Large"))
        #expect(refused?.description.contains("limits the size of requests") == true)
    }

    @Test(
        "Whatever the registry refuses, it is not asked for ever",
        arguments: [404, 405, 416], [BlobSize.small, .large])
    func everythingIsRefused(status: Int, size: BlobSize) async throws {
        let (requests, error) = try await upload(size.bytes) { request, _, _ in
            ["PATCH", "PUT"].contains(request.method)
                ? .reply(.init(status, text: "no uploads today")) : .none
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("no uploads today"), "\(text)")
        #expect(count("POST", requests) <= 5)
    }

    @Test("What is wrong with a blob is said at once", arguments: [400, 403, 422])
    func realErrors(status: Int) async throws {
        let (requests, error) = try await upload(Self.small) { request, _, _ in
            request.method == "PUT" ? .reply(.init(status, text: "quota exceeded")) : .none
        }
        #expect(
            error?.description.contains("(HTTP \(status)): quota exceeded") == true,
            "\(String(describing: error))")
        #expect(count("POST", requests) == 1)
    }

    @Test(
        "Locations relative, absolute, with a query and with none",
        arguments: ["/u/1", "/u/1?a=b%2Fc", "1?x", "?_state=y", "ABSOLUTE/u/1?z=1"])
    func locations(location: String) async throws {
        let bytes = Self.small
        let own = Mutex("")
        let server = try await ScriptedServer { request, body in
            switch request.method {
            case "HEAD": return .init(404)
            case "POST":
                return .init(202, ["Location": location.replacing("ABSOLUTE", with: own.withLock { $0 })])
            case "PUT":
                let digest = SHA256Digest(hashing: body).oci
                return .init(request.parameters("digest") == [digest] ? 201 : 400)
            default: return .init(500)
            }
        }
        own.withLock { $0 = server.url }
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
        let reference = try ImageReference("\(server.name)/a/b")
        try await withClient { (client) async throws in
            _ = try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
        }
        #expect(server.methods == ["HEAD", "POST", "PUT"])
        await server.close()
    }
}
