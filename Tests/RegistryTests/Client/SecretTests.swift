import Bytes
import NetworkSupport
import Registry
import TestSupport
import Testing

/// What a server repeats of a request's secrets in its errors is not shown.
@Suite struct SecretTests {
    private func error(
        _ options: TestRegistry.Options, saying message: (TestRegistry) -> String
    ) async throws -> String {
        let registry = try await TestRegistry(options)
        let image = SampleImage()
        registry.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        let settings = RegistrySettings(credentials: FixedLogin(), retries: hastyRetries)
        let text = try await withClient(settings) { (client) async throws in
            _ = try await client.manifest(reference)
            let body = #"{"errors":[{"code":"DENIED","message":"\#(message(registry))"}]}"#
            registry.inject(.answer(403, Array(body.utf8)), into: .blobs, times: 100)
            let error = await #expect(throws: RegistryError.self) {
                try await client.download(image.layerDescriptor, from: reference, into: MemoryReceiver())
            }
            return error.map { "\($0)" } ?? ""
        }
        await registry.close()
        #expect(text.contains("HTTP 403"), "\(text)")
        return text
    }

    @Test func passwordsInAllTheirForms() async throws {
        var options = TestRegistry.Options()
        options.login = testLogin
        #expect(try await error(options) { _ in "sorry" }.contains("sorry"))
        let (name, password) = testLogin
        let encoded = Base64.encode(Array("\(name):\(password)".utf8))
        for secret in [password, "\(name):\(password)", encoded] {
            let text = try await error(options) { _ in "no access for \(secret), sorry" }
            #expect(!text.contains(secret) && !text.contains("sorry"), "\(text)")
        }
    }

    @Test("A login in the URL of a file", arguments: ["horse", "YW5uOmhvcnNl"])
    func filesLogins(secret: String) async throws {
        let server = try await TestRegistry()
        let body = #"{"errors":[{"code":"DENIED","message":"\#(secret), sorry"}]}"#
        server.inject(.answer(403, Array(body.utf8)), into: .all, times: 100)
        let url = server.url.replacing("http://", with: "http://ann:horse@") + "/files/kit.yml"
        try await withClient { (client) async throws in
            let error = await #expect(throws: RegistryError.self) { try await client.file(url, limit: 9) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("403") && !text.contains(secret) && !text.contains("sorry"), "\(text)")
        }
        await server.close()
    }

    @Test("Tokens, be they longer than what is shown of a message")
    func tokens() async throws {
        var options = TestRegistry.Options()
        options.tokens = TokenRules()
        options.tokens?.login = testLogin
        let text = try await error(options) { registry in
            let token = registry.issuedTokens.last ?? ""
            return "\(token)\(String(repeating: "x", count: 5000)), sorry"
        }
        #expect(!text.contains("xxx") && !text.contains("sorry"), "\(text)")
    }
}
