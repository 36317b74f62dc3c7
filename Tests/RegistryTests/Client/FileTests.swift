import NetworkSupport
import Registry
import Testing

@Suite struct FileTests {
    @Test func filesComeOverHTTP() async throws {
        let server = try await TestRegistry()
        let text = Array("kernel: {}\n".utf8)
        server.withContents { $0.files["kit.yml"] = text }
        let url = "\(server.url)/files/kit.yml"
        try await withClient { (client) async throws in
            #expect(try await client.file(url, limit: 1000) == text)
            server.inject(.redirect("/files/kit.yml", status: 302), into: .all)
            server.inject(.status(503), into: .all)
            server.inject(.reset(after: 3), into: .all)
            #expect(try await client.file("\(url)?signature=secret", limit: 1000) == text)
            for wrong in ["kit.yml", "ftp://127.0.0.1/kit.yml", "http://"] {
                guard case .configuration? = await problem({ _ = try await client.file(wrong, limit: 9) })
                else {
                    Issue.record("\(wrong)")
                    continue
                }
            }
            guard case .protocolViolation? = await problem({ _ = try await client.file(url, limit: 3) })
            else {
                Issue.record("there is no limit")
                return
            }
        }
        await server.close()
    }

    @Test func loginsInURLsStayWithTheirServer() async throws {
        let server = try await TestRegistry()
        let other = try await TestRegistry()
        other.withContents { $0.files["kit.yml"] = [1] }
        let login = "http://me:hidden%21@127.0.0.1:\(server.port)/files/kit.yml?key=hidden!"
        server.inject(.redirect("\(other.url)/files/kit.yml", status: 302), into: .all)
        try await withClient { (client) async throws in
            #expect(try await client.file(login, limit: 9) == [1])
            let error = await #expect(throws: RegistryError.self) { try await client.file(login, limit: 9) }
            #expect(error?.problem == .notFound("file not found"))
            #expect(error?.description.contains("hidden") == false)
            #expect(error?.description.contains("http://127.0.0.1:\(server.port)/files/kit.yml") == true)
        }
        #expect(server.requests.first?.header("Authorization") == "Basic bWU6aGlkZGVuIQ==")
        #expect(other.requests.first?.header("Authorization") == nil)
        await server.close()
        await other.close()
    }
}
