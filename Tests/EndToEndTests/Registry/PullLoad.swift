import Digests
import Foundation
import Host
import NetworkSupport
import OCI
import Synchronization
import TestSupport
import Testing

/// Many processes that pull the same images into one cache, killed and restarted while they do.
struct PullLoad {
    var images: Int
    var layers: Int
    var layerSize: Int
    var processes: Int
    var kills: Int
    var seed: UInt64

    /// What it came to.
    struct Figures: CustomStringConvertible {
        var blobs = 0
        var blobRequests = 0
        var bytes = 0
        var neededBytes = 0
        var requests = 0
        var kills = 0
        var seconds = 0.0

        var description: String {
            "\(blobs) blobs of \(neededBytes) bytes; \(requests) requests, \(blobRequests) of them for blobs, "
                + "\(bytes) bytes of blobs passed on; \(kills) kills; \(Int(seconds)) seconds"
        }
    }

    func run() async throws -> Figures {
        let registry = try await DockerRegistry()
        let source = try OverlappingImages(count: images, layers: layers, layerSize: layerSize)
        try await source.push(to: registry.name, jobs: 4)
        let directory = try TemporaryDirectory()
        let cache = "\(directory.path)/cache"
        let witness = Witness(cache: cache)
        // Some blobs come slowly or are cut, so that kills find them half way.
        let plan = FaultProxy.Plan(
            seed: seed, rate: 200, pattern: .blobs,
            faults: [.drip(bytes: layerSize / 4 + 1, pause: .milliseconds(10)), .close(after: layerSize / 2)])
        let proxy = try await FaultProxy(to: registry.port, plan: plan) { witness.see($0) }
        let names = source.names.map { "\(proxy.name)/\($0)" }
        let needed = try Self.blobs(of: source)

        var random = SeededRandom(seed: seed)
        let start = ContinuousClock.now
        func pull(_ slot: Int) throws -> Executable.Running {
            let first = slot * names.count / processes
            return try Executable.start(
                ["cache", "pull", "--quiet", "--cache", cache] + names[first...] + names[..<first],
                in: directory.path)
        }
        var running: [Executable.Running?] = try (0..<processes).map(pull)
        var killed = 0
        while killed < kills, running.contains(where: { $0 != nil }) {
            // By progress and not by the clock: kills find work on fast machines and on slow ones.
            let mark = needed.count * (killed + 1) / (kills + 1)
            witness.hold(from: mark + max(3, needed.count / (kills + 1) / 2))
            while witness.count < mark, running.contains(where: { $0?.isRunning == true }) {
                try await Task.sleep(for: .milliseconds(1))
            }
            try await Task.sleep(for: .microseconds(Int.random(in: 0..<20_000, using: &random)))
            let slot = Int.random(in: 0..<processes, using: &random)
            guard let process = running[slot] else {
                try await Task.sleep(for: .milliseconds(1))
                continue
            }
            guard process.isRunning else {
                try await Self.expectEnd(process)
                running[slot] = nil
                continue
            }
            #expect(try process.end(signal: SIGKILL).status == 128 + SIGKILL)
            killed += 1
            running[slot] = try pull(slot)
        }
        witness.hold(from: .max)
        for process in running { if let process { try await Self.expectEnd(process) } }

        var figures = Figures()
        figures.seconds = Double((ContinuousClock.now - start).components.seconds)
        figures.kills = killed
        figures.requests = proxy.requests.count
        let traffic = proxy.blobs
        figures.blobs = traffic.count
        figures.blobRequests = traffic.values.reduce(0) { $0 + $1.requests }
        figures.bytes = traffic.values.reduce(0) { $0 + $1.bytes }
        figures.neededBytes = needed.values.reduce(0, +)
        #expect(Set(traffic.keys) == Set(needed.keys))
        #expect(witness.twice.isEmpty, "asked for although complete: \(witness.twice)")
        try CacheJudge.expectWhole(cache, names: names)
        return figures
    }

    private static func expectEnd(_ process: Executable.Running) async throws {
        let (status, text) = try await process.finish()
        #expect(status == 0, "\(text)")
    }

    /// Layers and configurations of all images, with their sizes.
    private static func blobs(of source: OverlappingImages) throws -> [String: Int] {
        var all: [String: Int] = [:]
        for name in source.names {
            let image = try source.builder.image(named: name)
            for blob in [image.manifest.configuration] + image.manifest.layers {
                all[blob.digest.oci] = Int(blob.size)
            }
        }
        return all
    }
}

/// Sees every request before the registry does: a blob must not be asked for when the cache has it.
private final class Witness: Sendable {
    private let cache: String
    private let state = Mutex((count: 0, limit: 0, twice: [String]()))

    init(cache: String) { self.cache = cache }

    /// Requests for blobs wait from this number on: nobody is ready before the kills are done.
    func hold(from number: Int) { state.withLock { $0.limit = number } }

    func see(_ request: RecordedRequest) {
        guard let blob = request.blob else { return }
        let exists = FileManager.default.fileExists(atPath: "\(cache)/blobs/sha256/\(blob)")
        let number = state.withLock { state in
            if exists { state.twice.append(blob) }
            state.count += 1
            return state.count
        }
        while state.withLock({ number >= $0.limit }) { usleep(1_000) }
    }

    /// Requests for blobs so far.
    var count: Int { state.withLock { $0.count } }
    var twice: [String] { state.withLock { $0.twice } }
}
