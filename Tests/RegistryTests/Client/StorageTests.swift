import NetworkSupport
import OCI
import Registry
import Synchronization
import Testing

/// Registries that send clients to a store of blobs with URLs that are signed for a while.
@Suite struct StorageTests {
    private static let expired =
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>"
        + "<HostId>s1gnature-of-1</HostId></Error>"

    /// Downloads a blob from a registry whose first `bad` signatures have expired.
    private func download(_ bad: Int, status: Int = 403) async throws -> (
        error: RegistryError?, asked: [RecordedRequest], stored: [RecordedRequest], bytes: Bool
    ) {
        let bytes = sampleBytes(50_000)
        let blob = SampleImage(layerBytes: 50_000).layerDescriptor
        let storage = try await ScriptedServer { request, _ in
            let number = request.parameters("n").first.flatMap { Int($0) } ?? 0
            return number <= bad ? .init(status, text: Self.expired) : .init(200, [:], bytes)
        }
        let count = Mutex(0)
        let registry = try await ScriptedServer { _, _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return .init(
                307, ["Location": "\(storage.url)/blob?n=\(number)&X-Amz-Signature=s1gnature-\(number)"])
        }
        let reference = try ImageReference("\(registry.name)/a/b")
        let receiver = MemoryReceiver()
        var failure: RegistryError?
        do {
            try await withClient { try await $0.download(blob, from: reference, into: receiver) }
        } catch let error as RegistryError { failure = error }
        await registry.close()
        await storage.close()
        return (failure, registry.requests, storage.requests, receiver.bytes == bytes)
    }

    @Test("The registry is asked for another URL", arguments: [400, 401, 403, 404, 410])
    func anotherURL(status: Int) async throws {
        let (error, asked, stored, isWhole) = try await download(1, status: status)
        #expect(error == nil && isWhole)
        #expect(asked.count == 2 && stored.count == 2)
    }

    @Test("Once: then the store's own words are shown, and the store is named")
    func noOtherURLHelps() async throws {
        let (error, asked, stored, _) = try await download(10)
        #expect(asked.count == 2)
        #expect(
            error?.problem == .storageRefused(status: 403, message: "AccessDenied: Request has expired"))
        let text = error.map { "\($0)" } ?? ""
        #expect(
            text.contains("refused the download (HTTP 403): AccessDenied: Request has expired"), "\(text)")
        #expect(!text.contains("s1gnature") && !text.contains("docker login"), "\(text)")
        #expect(stored.allSatisfy { $0.header("Authorization") == nil })
    }
}
