import Digests
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

@Suite("Proxies that disturb", .enabled(if: Tool.available("curl")))
struct FaultProxyTests {
    private let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test("Passes on, disturbs what it is told to, and counts")
    func counting() async throws {
        let registry = try await TestRegistry()
        let digest = registry.withContents { $0.addBlob(bytes, to: "a") }
        let proxy = try await FaultProxy(to: registry.port)
        let path = "/v2/a/blobs/sha256:\(digest.hex)"
        let url = proxy.url + path
        #expect(try Curl(url).body == bytes)
        #expect(try Curl(url, ["-r", "99000-"]).body == Array(bytes[99_000...]))
        proxy.inject(.close(after: 2_000), into: .blobs)
        #expect(try Curl(url).body == Array(bytes[..<2_000]))
        proxy.inject(.status(503), into: .all)
        #expect(try Curl(url, ["-I"]).status == 503)
        let traffic = try #require(proxy.blobs["sha256:\(digest.hex)"])
        #expect(traffic.requests == 3 && traffic.whole == 1 && traffic.bytes == 103_000)
        #expect(registry.requests.count == 3)
        let upload = try Curl("\(proxy.url)/v2/a/blobs/uploads/", ["-X", "POST", "-H", "Content-Length: 0"])
        #expect(upload.status == 202)
    }

    @Test("The same seed disturbs the same requests")
    func seeds() async throws {
        let registry = try await TestRegistry()
        let digest = registry.withContents { $0.addBlob(bytes, to: "a") }
        func run(_ seed: UInt64) async throws -> [Int] {
            let plan = FaultProxy.Plan(seed: seed, rate: 400, faults: [.status(429), .status(503)])
            let proxy = try await FaultProxy(to: registry.port, plan: plan)
            return try (0..<20).map { _ in try Curl("\(proxy.url)/v2/a/blobs/sha256:\(digest.hex)").status }
        }
        let first = try await run(1)
        #expect(Set(first) == [200, 429, 503])
        let again = try await run(1)
        #expect(again == first)
        #expect(try await run(2) != first)
    }
}
