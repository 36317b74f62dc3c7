internal import Synchronization

/// An HTTP proxy in front of a plain HTTP registry of loopback: clients speak to it as if it were the registry.
/// It disturbs requests by their number, the same for the same seed, and counts what it passes on. It ends with
/// its last reference.
public final class FaultProxy: Sendable {
    /// Which requests suffer, and how.
    public struct Plan: Sendable {
        public var seed: UInt64
        /// Of a thousand requests, how many suffer.
        public var rate: Int
        /// Only requests that match.
        public var pattern: RequestPattern
        /// The faults, one chosen by the seed and the request's number.
        public var faults: [Fault]

        public init(
            seed: UInt64, rate: Int, pattern: RequestPattern = .all, faults: [Fault] = Plan.usualFaults
        ) {
            self.seed = seed
            self.rate = rate
            self.pattern = pattern
            self.faults = faults
        }

        /// All that a client must bear, and get over by trying again.
        public static let usualFaults: [Fault] = [
            .status(429, retryAfter: "0"), .status(500), .status(503), .reset(after: 0), .reset(after: 700),
            .close(after: 0), .close(after: 900), .corrupt(at: 100),
        ]

        /// What request `number`, from 0, suffers.
        func fault(for number: Int) -> Fault? {
            // SplitMix64 over seed and number.
            var state = seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
            state = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            state = (state ^ state >> 27) &* 0x94D0_49BB_1331_11EB
            state ^= state >> 31
            guard !faults.isEmpty, state % 1000 < UInt64(rate) else { return nil }
            return faults[Int(state / 1000 % UInt64(faults.count))]
        }
    }

    public let port: Int
    private let listener: HTTPListener
    private let service: ProxyService

    /// `onRequest` sees every request before it is passed on, and may hold it for a while: it runs on the
    /// connection's own thread.
    public init(
        to port: Int, plan: Plan? = nil,
        onRequest: @escaping @Sendable (RecordedRequest) -> Void = { _ in }
    ) async throws {
        let service = ProxyService(target: port, plan: plan, onRequest: onRequest)
        self.service = service
        listener = try await HTTPListener { connection, head in try service.serve(connection, head) }
        self.port = listener.port
    }

    /// `127.0.0.1:PORT`, as the registry's part of a reference.
    public var name: String { "127.0.0.1:\(port)" }
    public var url: String { "http://\(name)" }

    /// Does `fault` with the next `times` requests that match, after `skip` of them; before the plan.
    public func inject(_ fault: Fault, into pattern: RequestPattern, skip: Int = 0, times: Int = 1) {
        service.state.withLock { $0.faults.add(fault, pattern, skip: skip, times: times) }
    }

    /// Every request so far, with the bytes that were passed on for it.
    public var requests: [RecordedRequest] { service.state.withLock { $0.requests } }

    public func requests(_ pattern: RequestPattern) -> [RecordedRequest] {
        requests.filter(pattern.matches)
    }

    public func forgetRequests() { service.state.withLock { $0.requests = [] } }

    /// What blobs cost, by digest (`sha256:…`).
    public var blobs: [String: BlobTraffic] {
        var all: [String: BlobTraffic] = [:]
        for request in requests {
            guard let blob = request.blob else { continue }
            all["sha256:\(blob)", default: BlobTraffic()].add(request)
        }
        return all
    }

    public struct BlobTraffic: Sendable {
        /// `GET`s, whatever came of them.
        public internal(set) var requests = 0
        /// `GET`s that were passed on from the first byte to the last.
        public internal(set) var whole = 0
        /// Bytes passed on.
        public internal(set) var bytes = 0

        mutating func add(_ request: RecordedRequest) {
            requests += 1
            bytes += request.bytesSent
            if request.status == 200, request.isComplete { whole += 1 }
        }
    }

    /// Frees the port and cuts every connection.
    public func close() async { await listener.close() }
}
