import Bytes
import NetworkSupport
import OCI
import Registry
import Testing

/// Tokens as the distribution project's token authentication specification has them.
@Suite struct TokenTests {
    private func registry(_ change: (inout TokenRules) -> Void) async throws -> TestRegistry {
        var rules = TokenRules()
        rules.login = testLogin
        change(&rules)
        var options = TestRegistry.Options()
        options.tokens = rules
        return try await TestRegistry(options)
    }

    private func settings(_ credentials: any CredentialSource) -> RegistrySettings {
        RegistrySettings(credentials: credentials, retries: hastyRetries)
    }

    @Test func oneTokenServesAll() async throws {
        let registry = try await registry { $0.anonymousPull = true }
        let image = SampleImage()
        registry.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        try await withClient { (client) async throws in
            _ = try await client.manifest(reference)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await client.download(
                            image.layerDescriptor, from: reference, into: MemoryReceiver())
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(registry.requests(.tokens).count == 1)
        #expect(registry.requests(.tokens).first?.parameters("scope") == ["repository:a/b:pull"])
        #expect(registry.requests(.tokens).first?.header("Authorization") == nil)
        await registry.close()
    }

    @Test(
        "Whoever is canceled does not wait for a token server that says nothing; others get their token",
        .timeLimit(.minutes(5)))
    func cancelingEndsTheWaitForAToken() async throws {
        let registry = try await registry { $0.anonymousPull = true }
        registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        registry.inject(.stall(after: 0), into: .tokens)
        try await withClient(RegistrySettings()) { (client) async throws in
            let tasks = (0..<2).map { _ in
                Task { await problem { _ = try await client.manifest(reference) } }
            }
            while registry.requests(.tokens).isEmpty { try await Task.sleep(nanoseconds: 2_000_000) }
            // The first waits no more, though the other still does.
            tasks[0].cancel()
            #expect(await tasks[0].value == .cancelled)
            tasks[1].cancel()
            #expect(await tasks[1].value == .cancelled)
            _ = try await client.manifest(reference)
        }
        #expect(registry.requests(.tokens).last?.isComplete == true)
        await registry.close()
    }

    @Test(arguments: ["token", "access_token"]) func loginsGetTokens(_ field: String) async throws {
        let registry = try await registry { $0.field = field }
        let reference = try registry.reference("a/b:1")
        let image = SampleImage()
        try await withClient(settings(FixedLogin())) { (client) async throws in
            let pushed = try await image.push(as: reference, with: client)
            #expect(try await client.descriptor(of: reference) == pushed)
        }
        // The login goes to the token server, and only tokens to the registry.
        for request in registry.requests {
            let isToken = request.path == "/token"
            let header = request.header("Authorization")
            #expect(isToken ? header?.hasPrefix("Basic ") == true : header?.hasPrefix("Basic ") != true)
        }
        await registry.close()
    }

    @Test func identityTokensAreRefreshed() async throws {
        let registry = try await registry { $0.identityToken = "identity secret/+" }
        registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        let login = Login(username: "", password: "", identityToken: "identity secret/+")
        try await withClient(settings(FixedLogin(value: login))) { (client) async throws in
            _ = try await client.manifest(reference)
        }
        #expect(registry.requests(.tokens).map(\.method) == ["POST"])
        await registry.close()
    }

    @Test func expiredTokensAreReplaced() async throws {
        let registry = try await registry { _ in }
        let image = SampleImage()
        registry.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        try await withClient(settings(FixedLogin())) { (client) async throws in
            _ = try await client.manifest(reference)
            registry.expireTokens()
            _ = try await client.manifest(reference)
            #expect(registry.requests(.tokens).count == 2)
            registry.inject(.expiredToken, into: .blobs)
            let receiver = MemoryReceiver()
            try await client.download(image.layerDescriptor, from: reference, into: receiver)
            #expect(receiver.bytes == image.layer)
            #expect(registry.requests(.tokens).count == 3)
        }
        await registry.close()
    }

    @Test func tokensOfNoLengthOfLife() async throws {
        let registry = try await registry { rules in
            rules.lifetime = 0
            rules.usesPerToken = 1
        }
        let reference = try registry.reference("a/b:1")
        try await withClient(settings(FixedLogin())) { (client) async throws in
            _ = try await SampleImage().push(as: reference, with: client)
            _ = try await client.manifest(reference)
        }
        await registry.close()
    }

    @Test func mountsAskForBothRepositories() async throws {
        let registry = try await registry { _ in }
        let bytes = sampleBytes(5000)
        let blob = registry.add(bytes, to: "source")
        let source = try registry.reference("source")
        let elsewhere = try ImageReference("registry.example/source")
        let target = try registry.reference("a/target")
        try await withClient(settings(FixedLogin())) { (client) async throws in
            let how = try await client.upload(
                blob, contents: ByteArrayAccess(bytes), to: target, mountableFrom: [elsewhere, source])
            #expect(how == .mounted)
        }
        let scopes = Set(registry.requests(.tokens).flatMap { $0.parameters("scope") })
        #expect(scopes.contains("repository:source:pull"))
        #expect(scopes.contains("repository:a/target:pull,push"))
        await registry.close()
    }

    @Test func wrongLoginsAreDeniedWithoutShowingThem() async throws {
        let registry = try await registry { _ in }
        registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        let wrong = FixedLogin(value: Login(username: "tester", password: "battery staple"))
        try await withClient(settings(wrong)) { (client) async throws in
            let error = await #expect(throws: RegistryError.self) { try await client.manifest(reference) }
            guard case .denied(401, true, _) = error?.problem else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains("battery") == false)
        }
        try await withClient { (client) async throws in
            let error = await #expect(throws: RegistryError.self) { try await client.manifest(reference) }
            guard case .denied(_, false, _) = error?.problem else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains("docker login") == true)
        }
        await registry.close()
    }

    /// A server that says what it was told is not repeated.
    @Test func tokensAreInNoError() async throws {
        let registry = try await registry { _ in }
        registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        try await withClient(settings(FixedLogin())) { (client) async throws in
            _ = try await client.manifest(reference)
            let token = try #require(registry.issuedTokens.last)
            let echo = Array(#"{"errors":[{"code":"DENIED","message":"you sent \#(token)"}]}"#.utf8)
            registry.inject(.status(403), into: .manifests)
            let plain = await problem { _ = try await client.manifest(reference) }
            #expect(
                plain == .denied(status: 403, hadCredentials: true, message: "UNKNOWN: as the test wants"))
            registry.inject(.answer(403, echo), into: .manifests)
            let error = await problem { _ = try await client.manifest(reference) }
            #expect(error == .denied(status: 403, hadCredentials: true, message: ""))
        }
        await registry.close()
    }

    @Test func tokenServersFailToo() async throws {
        let registry = try await registry { $0.anonymousPull = true }
        registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        registry.inject(.status(503), into: .tokens)
        registry.inject(.reset(after: 0), into: .tokens)
        registry.inject(.body(Array("{}".utf8)), into: .tokens)
        try await withClient { (client) async throws in _ = try await client.manifest(reference) }
        #expect(registry.requests(.tokens).count == 4)
        await registry.close()
    }

    @Test("A login goes to no other host without TLS, whoever asks for it")
    func realmsWithoutTLS() async throws {
        var options = TestRegistry.Options()
        options.isSecure = true
        options.host = "localhost"
        options.tokens = TokenRules()
        options.tokens?.login = testLogin
        options.tokens?.realm = "http://tokens.example/token"
        let registry = try await TestRegistry(options)
        registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        let authority = try #require(registry.certificate?.authorityFile)
        let settings = RegistrySettings(
            credentials: FixedLogin(), certificateFiles: [authority], retries: hastyRetries)
        try await withClient(settings) { (client) async throws in
            guard
                case .protocolViolation(let reason)? = await problem({
                    _ = try await client.manifest(reference)
                })
            else {
                Issue.record("the login was sent, or nobody wanted it")
                return
            }
            #expect(reason.contains("without TLS") && reason.contains("tokens.example"))
        }
        await registry.close()
    }
}
