import Digests
import NetworkSupport
import OCI
import Registry
import Synchronization
import Testing

/// The reason of a failure is found out, and shown.
@Suite struct ReasonTests {
    private static let image = SampleImage()

    private func ask<T: Sendable>(
        settings: RegistrySettings = RegistrySettings(retries: hastyRetries),
        _ script: @escaping @Sendable (RecordedRequest, [UInt8]) -> ScriptedServer.Reply?,
        _ body: (RegistryClient, ImageReference) async throws -> T
    ) async throws -> (result: Result<T, RegistryError>, server: ScriptedServer) {
        let server = try await ScriptedServer(script)
        let reference = try ImageReference("\(server.name)/a/b:1")
        defer { withExtendedLifetime(server) {} }
        do {
            let value = try await withClient(settings) { try await body($0, reference) }
            await server.close()
            return (.success(value), server)
        } catch let error as RegistryError {
            await server.close()
            return (.failure(error), server)
        }
    }

    private static func manifest(_ headers: [String: String] = [:]) -> ScriptedServer.Reply {
        .init(200, headers, image.manifest)
    }

    @Test(
        "A HEAD that is refused has no reason with it: GET has",
        arguments: [400, 401, 403, 405, 409, 412, 418, 451, 501])
    func headWithoutAReason(status: Int) async throws {
        let (result, server) = try await ask({ request, _ in
            .init(status, text: "image with 3 vulnerabilities cannot be pulled")
        }) { (client, reference) async throws in try await client.descriptor(of: reference) }
        guard case .failure(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(
            error.description.contains("(HTTP \(status)): image with 3 vulnerabilities cannot be pulled"),
            "\(error)")
        #expect(server.methods == ["HEAD", "GET"])
    }

    @Test("Servers that do not know HEAD", arguments: [400, 403, 405, 406, 501])
    func noHead(status: Int) async throws {
        let (result, _) = try await ask({ request, _ in
            request.method == "HEAD" ? .init(status) : Self.manifest(["Content-Type": "application/json"])
        }) { (client, reference) async throws in try await client.descriptor(of: reference)?.digest }
        #expect(try result.get() == SHA256Digest(hashing: Self.image.manifest))
    }

    @Test("After an error that may pass, GET is asked, which says why", arguments: [429, 500, 503])
    func headThatFails(status: Int) async throws {
        let clock = TestClock()
        var settings = RegistrySettings(retries: hastyRetries)
        settings.clock = clock.clock
        let (result, server) = try await ask(
            settings: settings, { request, _ in .init(status, text: "come back later") }
        ) { (client, reference) async throws in try await client.descriptor(of: reference) }
        guard case .failure(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error.problem == .unavailable(status: status, attempts: 4, message: "come back later"))
        #expect(server.methods == ["HEAD", "GET", "GET", "GET"])
    }

    @Test("Waits that a server asks for, in seconds and as a date, by the server's own clock")
    func waits() async throws {
        let clock = TestClock()
        var settings = RegistrySettings()
        settings.clock = clock.clock
        let replies = Mutex([
            ScriptedServer.Reply(429, ["Retry-After": "100"], text: "Too Many Requests"),
            ScriptedServer.Reply(
                503,
                ["Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"]),
            ScriptedServer.Reply(403, text: "API rate limit exceeded for 192.0.2.1"),
        ])
        let (result, _) = try await ask(
            settings: settings,
            { _, _ in
                replies.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? Self.manifest()
            }
        ) { (client, reference) async throws in try await client.manifest(reference).bytes }
        #expect(try result.get() == Self.image.manifest)
        let waits = clock.waits
        #expect(waits.count == 3)
        #expect(waits.first.map { (100..<102).contains($0) } == true, "\(waits)")
        #expect(waits.dropFirst().first.map { (60..<62).contains($0) } == true, "\(waits)")
    }

    @Test func aRateLimitSaysWhatToDo() async throws {
        for (status, words) in [
            (429, "Too Many Requests (HAP429)."), (403, "TOOMANYREQUESTS: pull rate limit"),
        ] {
            let clock = TestClock()
            var settings = RegistrySettings()
            settings.clock = clock.clock
            let (result, _) = try await ask(settings: settings, { _, _ in .init(status, text: words) }) {
                (client, reference) async throws in try await client.manifest(reference).bytes
            }
            guard case .failure(let error) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(
                error.description.hasSuffix(
                    "rate limited by the registry (HTTP \(status)) after 6 attempts: \(words); "
                        + "log in, wait, or use --mirror"), "\(error)")
        }
    }

    @Test("A server that wants more patience than there is")
    func impatience() async throws {
        let (result, server) = try await ask({ _, _ in .init(429, ["Retry-After": "86400"]) }) {
            (client, reference) async throws in try await client.manifest(reference).bytes
        }
        guard case .failure(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error.problem == .unavailable(status: 429, attempts: 1, message: "it asks to wait 86400 s"))
        #expect(server.requests.count == 1)
    }

    @Test("What is not found has the server's words, unless they say just that")
    func notFound() async throws {
        for (words, shown) in [
            (#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#, ""),
            (
                #"{"errors":[{"code":"NAME_UNKNOWN","message":"no such project"}]}"#,
                "NAME_UNKNOWN: no such project"
            ),
            ("<html><h1>404</h1>This is a web server</html>", "404 This is a web server"),
        ] {
            let (result, _) = try await ask({ _, _ in .init(404, text: words) }) {
                (client, reference) async throws in
                try await client.manifest(reference).bytes
            }
            guard case .failure(let error) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(error.problem == .notFound("manifest not found", message: shown))
        }
    }

    @Test("A page for people in the place of a manifest is shown for what it is")
    func aPage() async throws {
        let (result, _) = try await ask({ _, _ in
            .init(200, ["Content-Type": "text/html"], text: "<html><title>Sign in</title></html>")
        }) { (client, reference) async throws in try await client.manifest(reference).bytes }
        guard case .failure(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(
            error.description.contains("the answer (text/html) is not a manifest; it starts with: Sign in"),
            "\(error)")
    }

    @Test(
        "Manifests under any content type",
        arguments: [
            nil, "application/json", "application/octet-stream", "text/plain; charset=utf-8",
            "Application/vnd.OCI.image.manifest.v1+JSON; charset=UTF-8", "",
        ])
    func contentTypes(type: String?) async throws {
        let headers = type.map { ["cOnTeNt-TyPe": $0] } ?? [:]
        let (result, _) = try await ask({ _, _ in Self.manifest(headers) }) {
            (client, reference) async throws in
            let head = try await client.descriptor(of: reference)
            let (descriptor, bytes) = try await client.manifest(reference)
            #expect(head == descriptor)
            #expect(descriptor.mediaType == .imageManifest && bytes == Self.image.manifest)
        }
        try result.get()
    }

    @Test(
        "A digest in a header that is not one counts for nothing",
        arguments: ["sha256:x", "", "sha512:00", "\"q\""])
    func oddDigests(digest: String) async throws {
        let (result, _) = try await ask({ _, _ in Self.manifest(["Docker-Content-Digest": digest]) }) {
            (client, reference) async throws in try await client.descriptor(of: reference)?.digest
        }
        #expect(try result.get() == SHA256Digest(hashing: Self.image.manifest))
    }

    @Test func manifestsThatEndWithALine() async throws {
        let bytes = Self.image.manifest + [0x0A]
        let digest = SHA256Digest(hashing: bytes)
        let (result, _) = try await ask({ _, _ in .init(200, ["Docker-Content-Digest": digest.oci], bytes) })
        {
            (client, reference) async throws in try await client.manifest(reference.at(digest)).bytes
        }
        #expect(try result.get() == bytes)
    }

    @Test("A list of tags without tags, and pages behind a proxy that the registry does not know of")
    func tags() async throws {
        let (none, _) = try await ask({ _, _ in .init(200, text: #"{"name":"a/b"}"#) }) {
            (client, reference) async throws in
            try await client.tags(of: reference)
        }
        #expect(try none.get() == [])
        let (pages, _) = try await ask({ request, _ in
            request.parameters("last").isEmpty
                ? .init(
                    200, ["Link": "<http://registry.internal:5000/v2/a/b/tags/list?last=x>; rel=\"next\""],
                    text: #"{"name":"a/b","tags":["x"]}"#)
                : .init(200, text: #"{"name":"a/b","tags":["y"]}"#)
        }) { (client, reference) async throws in try await client.tags(of: reference) }
        #expect(try pages.get() == ["x", "y"])
        let (endless, server) = try await ask({ _, _ in
            .init(
                200, ["Link": "</v2/a/b/tags/list?n=1000>; rel=next"], text: #"{"name":"a/b","tags":["x"]}"#)
        }) { (client, reference) async throws in try await client.tags(of: reference) }
        #expect(throws: RegistryError.self) { try endless.get() }
        #expect(server.requests.count == 1)
    }

    @Test(
        "Referrers whose type is not named, and registries that refuse the question",
        arguments: [200, 403, 406])
    func referrers(status: Int) async throws {
        let subject = SHA256Digest(hashing: "x")
        let index = ImageIndex(manifests: [Self.image.configurationDescriptor]).encoded()
        let (result, _) = try await ask({ request, _ in
            if request.path.contains("/referrers/"), status != 200 { return .init(status) }
            return .init(200, ["Content-Type": "application/json"], index)
        }) { (client, reference) async throws in
            try await client.referrers(of: subject, in: reference, artifactType: nil).map(\.digest)
        }
        #expect(try result.get() == [Self.image.configurationDescriptor.digest])
    }
}
