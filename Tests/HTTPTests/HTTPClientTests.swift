import CCurl
import Deflate
import NetworkSupport
import Testing

@testable import HTTP

/// Answers as servers of the field send them, byte by byte as they stand here.
@Suite struct HTTPClientTests {
    private let settings = HTTPSettings(connectSeconds: 60, stallSeconds: 60)

    private func get(
        _ server: RawServer, _ settings: HTTPSettings? = nil,
        _ edit: (inout HTTPRequest) -> Void = { _ in }
    ) async throws -> (status: Int, headers: HTTPHeaders, body: [UInt8]) {
        let client = HTTPClient(settings ?? self.settings)
        var request = HTTPRequest(.GET, "http://\(server.name)/a?b=c")
        edit(&request)
        do {
            let answer = try await client.send(request)
            var body: [UInt8] = []
            while let piece = try await answer.nextPiece() { body += piece }
            await client.close()
            return (answer.status, answer.headers, body)
        } catch {
            await client.close()
            throw error
        }
    }

    private func failure(_ answer: String) async throws -> HTTPFailure? {
        let server = try RawServer(answer)
        return await #expect(throws: HTTPFailure.self) { try await get(server) }
    }

    @Test func linesThatEndInLineFeedsAlone() async throws {
        let server = try RawServer(
            "HTTP/1.1 429 Too Many Requests\nRetry-After: 1\nConnection: close\n\nslow down\n")
        let answer = try await get(server)
        #expect(answer.status == 429)
        #expect(answer.headers.first(name: "retry-after") == "1")
        #expect(answer.body == Array("slow down\n".utf8))
    }

    @Test func bodiesWithoutALengthEndWithTheConnection() async throws {
        let server = try RawServer("HTTP/1.0 200\r\n\r\nall of it")
        #expect(try await get(server).body == Array("all of it".utf8))
    }

    @Test func nothingEncodedIsAskedForAndNothingElseIsAdded() async throws {
        let server = try RawServer("HTTP/1.1 204 No Content\r\n\r\n")
        _ = try await get(server) { $0.headers = ["user-agent": "test", "x-empty": ""] }
        let head = try #require(server.requests.first)
        #expect(head.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
        #expect(
            head.split(separator: "\r\n").dropFirst().map { $0.lowercased() }.sorted() == [
                "accept-encoding: identity", "accept: */*", "host: \(server.name)", "user-agent: test",
                "x-empty:",
            ])
    }

    @Test func whatIsEncodedAllTheSameIsDecodedOnRequest() async throws {
        let text = Array(String(repeating: "plain text ", count: 50_000).utf8)
        let packed = text.withUnsafeBytes { GzipMember.compress($0, with: DeflateEncoder()) }
        let head = Array(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n".utf8)
        let server = try RawServer([head + packed])
        #expect(try await get(server) { $0.decodesContent = true }.body == text)
        #expect(try await get(server).body == packed)
        let broken = try RawServer([head + packed.map { $0 ^ 0x55 }])
        let failure = await #expect(throws: HTTPFailure.self) {
            try await get(broken) { $0.decodesContent = true }
        }
        guard case .undecodable = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func slowReadersGetEverything() async throws {
        let body = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
        let server = try RawServer([
            Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
        ])
        let client = HTTPClient(settings)
        let answer = try await client.send(HTTPRequest(.GET, "http://\(server.name)/"))
        var received: [UInt8] = []
        while let piece = try await answer.nextPiece() {
            // A piece is never more than what is held before libcurl's transfer pauses.
            #expect(piece.count <= TransferState.capacity)
            received += piece
            if received.count < 4 << 20 { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(received == body)
        await client.close()
    }

    @Test func endsThatComeTooEarly() async throws {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "", "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
        ] {
            let failure = try await failure(answer)
            #expect(failure == .cut("the connection was closed"), "\(answer)")
        }
    }

    @Test func whatIsNotHTTP() async throws {
        for answer in ["SSH-2.0-OpenSSH_9.2\r\n", "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F"] {
            #expect(try await failure(answer) == .notHTTP)
        }
    }

    @Test func nobodyListens() async throws {
        let port = try DeadPort.next()
        let client = HTTPClient(settings)
        for (url, reason) in [
            ("http://127.0.0.1:\(port)/", "connection refused"), ("http://x.invalid/", "host not found"),
        ] {
            let failure = await #expect(throws: HTTPFailure.self) {
                try await client.send(HTTPRequest(.GET, url))
            }
            #expect(failure == .unreachable(reason))
        }
        await client.close()
    }

    @Test func aClosedClientSendsNothing() async throws {
        let server = try RawServer("HTTP/1.1 204 No Content\r\n\r\n")
        let client = HTTPClient(settings)
        await client.close()
        let failure = await #expect(throws: HTTPFailure.self) {
            try await client.send(HTTPRequest(.GET, "http://\(server.name)/"))
        }
        #expect(failure == .cancelled)
        #expect(server.requests.isEmpty)
    }

    @Test func headersCannotBeSmuggledIn() async throws {
        let server = try RawServer("HTTP/1.1 204 No Content\r\n\r\n")
        let failure = await #expect(throws: HTTPFailure.self) {
            try await get(server) { $0.headers = ["a": "b\r\nHost: c"] }
        }
        guard case .invalidRequest = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(server.requests.isEmpty)
    }

    @Test func aLibraryThatIsNotThereIsNamed() throws {
        let reason = try #require(ccurl_problem_with("libnothing.so.4").map { String(cString: $0) })
        #expect(HTTPClient.message(reason).contains("libnothing.so.4"))
        #expect(HTTPClient.message(reason).contains("apt install libcurl4"))
        let other = try #require(ccurl_problem_with("libz.so.1").map { String(cString: $0) })
        #expect(other.contains("curl_global_init"))
    }
}
