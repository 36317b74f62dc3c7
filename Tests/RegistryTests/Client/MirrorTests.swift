import NetworkSupport
import OCI
import Registry
import Synchronization
import Testing

@Suite struct MirrorTests {
    private let image = SampleImage()

    private func settings(
        _ mirrors: [String], of registry: TestRegistry, credentials: any CredentialSource = NoCredentials(),
        onNote: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> RegistrySettings {
        RegistrySettings(
            credentials: credentials,
            mirrors: try RegistryMirrors(mirrors.map { "\(registry.name)=\($0)" }, environment: nil),
            retries: hastyRetries, onNote: onNote)
    }

    @Test func theFirstThatHasItIsTaken() async throws {
        let registry = try await TestRegistry()
        let empty = try await TestRegistry()
        let full = try await TestRegistry()
        full.add(image, to: "team/a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        try await withClient(settings([empty.url, "\(full.url)/team"], of: registry)) {
            (client) async throws in
            #expect(try await client.manifest(reference).bytes == image.manifest)
            let receiver = MemoryReceiver()
            try await client.download(image.layerDescriptor, from: reference, into: receiver)
            #expect(receiver.bytes == image.layer)
        }
        #expect(registry.requests.isEmpty)
        #expect(empty.requests.count == 2)
        await registry.close()
        await empty.close()
        await full.close()
    }

    @Test func mirrorsThatFailAreSkipped() async throws {
        let registry = try await TestRegistry()
        registry.add(image, to: "a/b", tag: "1")
        // Nothing listens there, and no other test is given that port.
        let gone = "http://127.0.0.1:1"
        let broken = try await TestRegistry()
        broken.inject(.status(500), into: .all, times: 100)
        let wrong = try await TestRegistry()
        wrong.add(image, to: "a/b", tag: "1")
        wrong.inject(.corrupt(at: 5), into: .all, times: 100)
        let reference = try registry.reference("a/b:1")
        let notes = Mutex<[String]>([])
        let settings = try settings([gone, broken.url, wrong.url], of: registry) { note in
            notes.withLock { $0.append(note) }
        }
        try await withClient(settings) { (client) async throws in
            #expect(try await client.manifest(reference).bytes == image.manifest)
            #expect(try await client.manifest(reference).bytes == image.manifest)
            let receiver = MemoryReceiver()
            try await client.download(image.layerDescriptor, from: reference, into: receiver)
            #expect(receiver.bytes == image.layer)
        }
        #expect(
            wrong.requests.contains { $0.path.contains("/blobs/") }, "the mirror with wrong bytes was asked")
        let told = notes.withLock { $0 }
        #expect(told.filter { $0.contains("127.0.0.1:1:") && $0.contains("skipping mirror") }.count == 1)
        #expect(told.contains { $0.contains("\(broken.port)") })
        await registry.close()
        await broken.close()
        await wrong.close()
    }

    @Test func loginsStayWithTheirRegistry() async throws {
        var options = TestRegistry.Options()
        options.login = testLogin
        let registry = try await TestRegistry(options)
        registry.add(image, to: "a/b", tag: "1")
        let mirror = try await TestRegistry(options)
        let reference = try registry.reference("a/b:1")
        let login = FixedLogin(registry: registry.name)
        try await withClient(settings([mirror.url], of: registry, credentials: login)) {
            (client) async throws in
            #expect(try await client.manifest(reference).bytes == image.manifest)
        }
        #expect(!mirror.requests.isEmpty)
        #expect(mirror.requests.allSatisfy { $0.header("Authorization") == nil })
        await registry.close()
        await mirror.close()
    }

    @Test("With a mirror below a path, logins and tokens are for what is there")
    func pathsOfMirrors() async throws {
        let registry = try await TestRegistry()
        var options = TestRegistry.Options()
        options.tokens = TokenRules()
        options.tokens?.login = testLogin
        let mirror = try await TestRegistry(options)
        mirror.add(image, to: "team/a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        let login = FixedLogin(registry: "\(mirror.name)/team")
        try await withClient(settings(["\(mirror.url)/team"], of: registry, credentials: login)) {
            (client) async throws in
            #expect(try await client.manifest(reference).bytes == image.manifest)
        }
        let scopes = mirror.requests(.tokens).flatMap { $0.parameters("scope") }
        #expect(scopes == ["repository:team/a/b:pull"])
        #expect(registry.requests.isEmpty)
        await registry.close()
        await mirror.close()
    }

    @Test func whatIsWrittenGoesToTheRegistry() async throws {
        let registry = try await TestRegistry()
        let mirror = try await TestRegistry()
        let reference = try registry.reference("a/b:1")
        try await withClient(settings([mirror.url], of: registry)) { (client) async throws in
            _ = try await image.push(as: reference, with: client)
        }
        #expect(mirror.requests.isEmpty)
        await registry.close()
        await mirror.close()
    }

    @Test("What decides what is written is asked of the registry, whatever a mirror has")
    func whatIsPublishedIsTheRegistrys() async throws {
        let registry = try await TestRegistry()
        let mirror = try await TestRegistry()
        mirror.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        try await withClient(settings([mirror.url], of: registry)) { (client) async throws in
            #expect(try await client.descriptor(of: reference) != nil)
            #expect(try await client.publishedDescriptor(of: reference) == nil)
            #expect(try await !client.hasBlob(image.layerDescriptor.digest, in: reference))
        }
        await registry.close()
        await mirror.close()
    }

    @Test func mirrorsThatDoNotHaveItAreNamed() async throws {
        let registry = try await TestRegistry()
        let mirror = try await TestRegistry()
        let reference = try registry.reference("a/b:1")
        try await withClient(settings([mirror.url], of: registry)) { (client) async throws in
            do {
                _ = try await client.manifest(reference)
                Issue.record("nobody has it")
            } catch let error as RegistryError {
                #expect(error.description.contains("(also not found on mirror \(mirror.url))"), "\(error)")
            }
        }
        await registry.close()
        await mirror.close()
    }

    @Test("Docker Hub's names are one registry: its own images are in library under each")
    func namesOfDockerHub() async throws {
        let mirror = try await TestRegistry()
        mirror.add(image, to: "library/redis", tag: "7")
        let settings = RegistrySettings(
            mirrors: try RegistryMirrors(["docker.io=\(mirror.url)"], environment: nil), retries: hastyRetries
        )
        try await withClient(settings) { (client) async throws in
            for name in [
                "redis:7", "docker.io/redis:7", "index.docker.io/redis:7", "registry-1.docker.io/redis:7",
            ] {
                #expect(try await client.manifest(ImageReference(name)).bytes == image.manifest, "\(name)")
            }
        }
        await mirror.close()
    }
}
