import NetworkSupport
import OCI
import Registry
import Testing

/// Blobs come whole, whatever happens on the way.
@Suite struct DownloadTests {
    private let bytes = sampleBytes(400_000)

    /// Downloads a blob of which `faults` befall the first requests, and gives the receiver and the requests.
    private func download(
        _ faults: [Fault], retries: RetryPolicy = hastyRetries, from start: Int = 0
    ) async throws -> (receiver: MemoryReceiver, requests: [RecordedRequest]) {
        let registry = try await TestRegistry()
        let blob = registry.add(bytes, to: "a/b")
        for fault in faults { registry.inject(fault, into: .blobs) }
        let receiver = MemoryReceiver(Array(bytes.prefix(start)))
        let reference = try registry.reference("a/b")
        try await withClient(RegistrySettings(retries: retries)) { (client) async throws in
            try await client.download(blob, from: reference, into: receiver)
        }
        let requests = registry.requests(.blobs)
        await registry.close()
        return (receiver, requests)
    }

    @Test func whatIsThereIsNotAskedForAgain() async throws {
        let (receiver, requests) = try await download([], from: 123_456)
        #expect(receiver.bytes == bytes)
        #expect(requests.map { $0.header("Range") } == ["bytes=123456-"])
        let (whole, none) = try await download([], from: bytes.count)
        #expect(whole.bytes == bytes)
        #expect(none.isEmpty)
    }

    @Test(arguments: [Fault.reset(after: 150_000), .close(after: 150_000)])
    func itGoesOnWhereItWasCut(_ fault: Fault) async throws {
        let (receiver, requests) = try await download([fault, fault])
        #expect(receiver.bytes == bytes)
        #expect(receiver.restarts == 0)
        #expect(requests.count == 3)
        #expect(requests.dropFirst().allSatisfy { $0.status == 206 })
    }

    @Test func itGoesOnWhereItStalled() async throws {
        var retries = hastyRetries
        retries.stallSeconds = 1
        // On a busy machine a second without a byte may come by itself, and more than once.
        retries.attempts = 100
        let stall = Fault.stall(after: 150_000)
        let (receiver, requests) = try await download([stall, stall], retries: retries)
        #expect(receiver.bytes == bytes)
        #expect(receiver.restarts == 0)
        #expect(requests.count >= 3)
        #expect(requests.dropFirst().allSatisfy { $0.status == 206 })
    }

    @Test(arguments: [
        Fault.status(429, retryAfter: "0"), .status(500), .status(503), .reset(after: 0), .close(after: 0),
    ])
    func itIsTriedAgain(_ fault: Fault) async throws {
        let (receiver, requests) = try await download([fault, fault])
        #expect(receiver.bytes == bytes)
        #expect(requests.count == 3)
    }

    @Test func serversWithoutRanges() async throws {
        let (whole, requests) = try await download([.ignoreRange], from: 100_000)
        #expect(whole.bytes == bytes)
        #expect(whole.restarts == 1)
        #expect(requests.count == 1)
        let (refused, _) = try await download([.rangeNotSatisfiable], from: 100_000)
        #expect(refused.bytes == bytes)
        let (other, _) = try await download(
            [.header("Content-Range", "bytes 5-399999/400000")], from: 100_000)
        #expect(other.bytes == bytes)
    }

    @Test func anotherSizeIsToldAtOnce() async throws {
        let registry = try await TestRegistry()
        var blob = registry.add(bytes, to: "a/b")
        blob.size -= 1
        let receiver = MemoryReceiver()
        let tooLong = blob
        let reference = try registry.reference("a/b")
        try await withClient { (client) async throws in
            let found = await problem { try await client.download(tooLong, from: reference, into: receiver) }
            guard case .protocolViolation = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            // The same where the server does not say how much comes.
            registry.inject(.header("Content-Length", nil), into: .blobs)
            let unsaid = await problem { try await client.download(tooLong, from: reference, into: receiver) }
            guard case .protocolViolation = unsaid else {
                Issue.record("\(String(describing: unsaid))")
                return
            }
        }
        #expect(receiver.count < UInt64(bytes.count))
        #expect(registry.requests(.blobs).count == 2)
        await registry.close()
    }

    @Test func whatNeverComesIsToldInTheEnd() async throws {
        let registry = try await TestRegistry()
        let blob = registry.add(bytes, to: "a/b")
        let reference = try registry.reference("a/b")
        registry.inject(.status(503), into: .blobs, times: 100)
        try await withClient { (client) async throws in
            let found = await problem {
                try await client.download(blob, from: reference, into: MemoryReceiver())
            }
            #expect(
                found == .unavailable(status: 503, attempts: 4, message: "UNKNOWN: as the test wants"))
            #expect(registry.requests(.blobs).count == 4)
            registry.removeFaults()
            registry.inject(.status(429, retryAfter: "3600"), into: .blobs, times: 100)
            let patience = await problem {
                try await client.download(blob, from: reference, into: MemoryReceiver())
            }
            guard case .unavailable(429, 1, let message) = patience else {
                Issue.record("\(String(describing: patience))")
                return
            }
            #expect(message.contains("3600 s"))
            registry.removeFaults()
            #expect(
                await problem {
                    var absent = blob
                    absent.digest = SampleImage().layerDescriptor.digest
                    try await client.download(absent, from: reference, into: MemoryReceiver())
                } == .notFound("blob not found"))
        }
        await registry.close()
    }

    @Test func storageElsewhereGetsNoLogin() async throws {
        let storage = try await TestRegistry()
        var options = TestRegistry.Options()
        options.login = testLogin
        options.blobStorage = storage
        let registry = try await TestRegistry(options)
        let blob = registry.add(bytes, to: "a/b")
        _ = storage.add(bytes, to: "x")
        let reference = try registry.reference("a/b")
        storage.inject(.reset(after: 100_000), into: .all)
        let receiver = MemoryReceiver()
        try await withClient(RegistrySettings(credentials: FixedLogin(), retries: hastyRetries)) {
            (client) async throws in
            try await client.download(blob, from: reference, into: receiver)
            // A challenge from there is answered by nobody.
            storage.inject(.status(401), into: .all, times: 10)
            guard
                case .storageRefused(401, _)? = await problem({
                    try await client.download(blob, from: reference, into: MemoryReceiver())
                })
            else {
                Issue.record("the storage refused nothing")
                return
            }
        }
        #expect(receiver.bytes == bytes)
        #expect(storage.requests.count >= 3)
        #expect(storage.requests.allSatisfy { $0.header("Authorization") == nil })
        await registry.close()
        await storage.close()
    }

    @Test func aRedirectLoopEnds() async throws {
        let registry = try await TestRegistry()
        let blob = registry.add(bytes, to: "a/b")
        let reference = try registry.reference("a/b")
        registry.inject(.redirectLoop, into: .blobs, times: 100)
        try await withClient { (client) async throws in
            let found = await problem {
                try await client.download(blob, from: reference, into: MemoryReceiver())
            }
            guard case .protocolViolation = found else {
                Issue.record("\(String(describing: found))")
                return
            }
        }
        #expect(registry.requests.count == 11)
        await registry.close()
    }

    @Test(.timeLimit(.minutes(5))) func cancelingEndsIt() async throws {
        let registry = try await TestRegistry()
        let blob = registry.add(bytes, to: "a/b")
        let reference = try registry.reference("a/b")
        registry.inject(.stall(after: 100_000), into: .blobs, times: 100)
        try await withClient(RegistrySettings()) { (client) async throws in
            let receiver = MemoryReceiver()
            let task = Task {
                await problem { try await client.download(blob, from: reference, into: receiver) }
            }
            while receiver.count < 100_000 { try await Task.sleep(nanoseconds: 2_000_000) }
            task.cancel()
            #expect(await task.value == .cancelled)
            // One that waits for its next attempt.
            registry.removeFaults()
            registry.inject(.status(503, retryAfter: "100"), into: .blobs, times: 100)
            let waiting = Task {
                await problem { try await client.download(blob, from: reference, into: MemoryReceiver()) }
            }
            while registry.requests(.blobs).count < 2 { try await Task.sleep(nanoseconds: 2_000_000) }
            waiting.cancel()
            #expect(await waiting.value == .cancelled)
        }
        await registry.close()
    }

    @Test func manyAtOnce() async throws {
        let registry = try await TestRegistry()
        let proxy = try await FaultProxy(
            to: registry.port,
            plan: .init(
                seed: 7, rate: 200, pattern: .blobs,
                faults: [
                    .status(503), .status(429, retryAfter: "0"), .reset(after: 0), .reset(after: 9000),
                    .close(after: 5000),
                ]))
        let blobs = (0..<100).map { index in
            let bytes = sampleBytes(20_000 + index, seed: UInt64(index))
            return (registry.add(bytes, to: "a/b"), bytes)
        }
        let reference = try ImageReference("\(proxy.name)/a/b")
        var retries = hastyRetries
        retries.attempts = 12
        try await withClient(RegistrySettings(retries: retries)) { (client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (blob, bytes) in blobs {
                    group.addTask {
                        let receiver = MemoryReceiver()
                        try await client.download(blob, from: reference, into: receiver)
                        #expect(receiver.bytes == bytes)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(proxy.requests(.blobs).contains { $0.status == 503 })
        await proxy.close()
        await registry.close()
    }
}
