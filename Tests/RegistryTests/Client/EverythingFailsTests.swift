import Bytes
import NetworkSupport
import OCI
import Registry
import Testing

/// Whole images through a proxy that disturbs every third request, whichever it is.
@Suite(.enabled(if: DockerRegistry.isAvailable)) struct EverythingFailsTests {
    @Test(arguments: [1, 2, 3] as [UInt64]) func imagesGoThrough(_ seed: UInt64) async throws {
        let registry = try await DockerRegistry()
        let proxy = try await FaultProxy(
            to: registry.port,
            plan: .init(
                seed: seed, rate: 300,
                faults: [
                    .status(429, retryAfter: "0"), .status(500), .status(503), .reset(after: 0),
                    .reset(after: 700), .close(after: 0), .close(after: 900),
                ]))
        let reference = try ImageReference("\(proxy.name)/team/app:1")
        var retries = hastyRetries
        retries.attempts = 15
        try await withClient(RegistrySettings(retries: retries)) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<4 {
                    group.addTask {
                        let image = SampleImage(layerBytes: 300_000 + index, seed: seed * 10 + UInt64(index))
                        let own = try #require(reference.tagged("v\(index)"))
                        let pushed = try await image.push(as: own, with: client)
                        #expect(try await client.manifest(own).descriptor == pushed)
                        let receiver = MemoryReceiver()
                        try await client.download(image.layerDescriptor, from: own, into: receiver)
                        #expect(receiver.bytes == image.layer)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.tags(of: reference).count == 4)
        }
        #expect(proxy.requests.contains { $0.status == 503 || $0.status == 500 })
        await proxy.close()
        withExtendedLifetime(registry) {}
    }
}
