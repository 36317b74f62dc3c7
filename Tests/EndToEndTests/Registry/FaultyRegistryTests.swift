import Host
import NetworkSupport
import TestSupport
import Testing

@Suite(
    "A build gets over what goes wrong in the network, or tells it", .enabled(if: Tool.available("openssl")))
struct FaultyRegistryTests {
    private let registry: TestRegistry
    private let proxy: FaultProxy
    private let workshop: RegistryWorkshop

    init() async throws {
        registry = try await TestRegistry()
        proxy = try await FaultProxy(to: registry.port)
        workshop = try RegistryWorkshop(registry: proxy.name)
        try workshop.push(to: registry)
    }

    @Test("Each blob suffers once, manifests too")
    func passing() throws {
        for fault: Fault in [
            .status(429, retryAfter: "0"), .reset(after: 100_000), .close(after: 150_000), .corrupt(at: 50),
            .status(503), .reset(after: 0),
        ] { proxy.inject(fault, into: .blobs) }
        proxy.inject(.status(500), into: RequestPattern(path: "/manifests/"))
        proxy.inject(.close(after: 0), into: RequestPattern(path: "/manifests/"))
        try workshop.expectBuild()
    }

    @Test("Cut again and again, each time a little comes through")
    func slow() throws {
        proxy.inject(.close(after: 60_000), into: .blobs, times: 20)
        try workshop.expectBuild()
        #expect(proxy.requests.count { $0.header("Range") != nil } >= 3, "what had come was kept")
    }

    @Test(
        "What does not go away is told",
        arguments: [
            (Fault.status(503), Int32(69), "HTTP 503"), (.status(429, retryAfter: "1"), 69, "429"),
            (.status(403), 69, "403"), (.corrupt(at: 50), 65, "wrong content"),
            (.reset(after: 0), 69, "attempts"),
            (.header("Content-Length", "7"), 65, "7 bytes"), (.redirectLoop, 65, "redirect"),
        ])
    func lasting(fault: Fault, status: Int32, word: String) throws {
        proxy.inject(fault, into: .blobs, times: .max)
        try workshop.expectFailure(status: status, saying: ["\(proxy.name)/team/", word])
    }

    @Test("No such image, no such registry")
    func missing() async throws {
        try workshop.directory.write("other.yml", "init:\n  - \(proxy.name)/team/none:1\n")
        try workshop.expectFailure(
            status: 66, saying: ["\(proxy.name)/team/none:1", "check the name"], kit: "other.yml")
        let dead = try DeadPort.next()
        try workshop.directory.write("dead.yml", "init:\n  - 127.0.0.1:\(dead)/team/none:1\n")
        try workshop.expectFailure(
            status: 69, saying: ["127.0.0.1:\(dead)/team/none:1", "cannot be reached"], kit: "dead.yml")
    }

    @Test("Tokens: asked for with the login, renewed when they expire, told to nobody else")
    func tokens() async throws {
        let storage = try await TestRegistry()
        var options = TestRegistry.Options()
        options.tokens = TokenRules()
        options.tokens?.login = RegistryWorkshop.login
        options.tokens?.usesPerToken = 3
        options.blobStorage = storage
        let registry = try await TestRegistry(options)
        let workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry)
        try workshop.expectFailure(status: 69, saying: [registry.name, "log in"])
        try workshop.logIn(to: registry.name)
        registry.inject(.expiredToken, into: .blobs, skip: 1)
        try workshop.expectBuild(secrets: registry.issuedTokens)
        #expect(registry.issuedTokens.count > 1)
        #expect(!storage.requests.isEmpty)
        #expect(storage.requests.allSatisfy { $0.header("Authorization") == nil && $0.status == 200 })
        registry.inject(.status(403), into: .manifests, times: .max)
        try Directory.remove(workshop.cache)
        try workshop.expectFailure(
            status: 69, saying: ["\(registry.name)/team/", "403"], secrets: registry.issuedTokens)
    }

    @Test("A configuration from a URL")
    func configuration() async throws {
        let kit = workshop.kit
        registry.withContents { $0.files["kit.yml"] = Array(kit.utf8) }
        let url = "\(registry.url)/files/kit.yml"
        let result = try workshop.build(kit: url)
        #expect(result.status == 0, "\(result.errorText)")
        let expected = try workshop.expected()
        #expect(result.output == expected)
        try workshop.expectFailure(
            status: 66, saying: ["/files/none.yml"], kit: "\(registry.url)/files/none.yml?token=hidden",
            secrets: ["hidden"])
        registry.inject(.redirectLoop, into: RequestPattern(path: "/files/"), times: .max)
        try workshop.expectFailure(status: 65, saying: ["/files/kit.yml", "redirect"], kit: url)
    }
}
