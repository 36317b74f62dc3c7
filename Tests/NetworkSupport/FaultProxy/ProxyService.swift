internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// What passes a `FaultProxy`'s requests on.
final class ProxyService: Sendable {
    struct State: Sendable {
        var faults = FaultList()
        var requests: [RecordedRequest] = []
        /// Counts on when the records are forgotten.
        var count = 0
    }

    private typealias Upstream = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    let state = Mutex(State())
    private let target: Int
    private let plan: FaultProxy.Plan?
    private let onRequest: @Sendable (RecordedRequest) async -> Void

    init(
        target: Int, plan: FaultProxy.Plan?, onRequest: @escaping @Sendable (RecordedRequest) async -> Void
    ) {
        self.target = target
        self.plan = plan
        self.onRequest = onRequest
    }

    func serve(_ connection: HTTPConnection, _ head: HTTPRequestHead) async throws {
        let request = RecordedRequest(head)
        let (number, fault) = state.withLock { state in
            state.requests.append(request)
            state.count += 1
            var fault = state.faults.next(for: request)
            if fault == nil, let plan, plan.pattern.matches(request) {
                fault = plan.fault(for: state.count - 1)
            }
            return (state.requests.count - 1, fault)
        }
        await onRequest(request)
        if let answer = ownAnswer(fault, request) {
            while try await connection.nextBodyPart() != nil {}
            note(number, of: request) { $0.status = answer.status }
            return try await connection.send(answer, to: request.method)
        }
        // One connection a request: simple, and loopback's are cheap.
        let upstream = try await connect()
        try await upstream.executeThenClose { inbound, outbound in
            try await passOn(head, connection, outbound, fault)
            try await passBack(inbound, connection, number, request, fault)
        }
    }

    private func passOn(
        _ head: HTTPRequestHead, _ connection: HTTPConnection,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>, _ fault: Fault?
    ) async throws {
        var head = head
        if case .ignoreRange = fault { head.headers.remove(name: "Range") }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        try await outbound.write(.head(head))
        var taken = 0
        while let part = try await connection.nextBodyPart() {
            if case .cutRequest(let limit) = fault, taken + part.readableBytes > limit {
                if let piece = part.getSlice(at: part.readerIndex, length: max(0, limit - taken)) {
                    try await outbound.write(.body(.byteBuffer(piece)))
                }
                try await connection.reset()
            }
            taken += part.readableBytes
            try await outbound.write(.body(.byteBuffer(part)))
        }
        try await outbound.write(.end(nil))
    }

    private func passBack(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, _ connection: HTTPConnection,
        _ number: Int, _ request: RecordedRequest, _ fault: Fault?
    ) async throws {
        var body = FaultyBody(connection, fault) { [self] count in
            note(number, of: request) { $0.bytesSent += count }
        }
        try await body.start()
        for try await part in inbound {
            switch part {
            case .head(let head):
                var headers = head.headers
                headers.remove(name: "Connection")
                if case .header(let name, let value) = fault {
                    headers.remove(name: name)
                    if let value { headers.add(name: name, value: value) }
                }
                note(number, of: request) { $0.status = Int(head.status.code) }
                try await connection.begin(head.status, headers)
            case .body(let bytes): try await body.write(bytes)
            case .end:
                try await connection.end()
                note(number, of: request) { $0.isComplete = true }
                return
            }
        }
        // The registry went away in the middle.
        throw ConnectionEnd()
    }

    /// What the registry need not be asked for.
    private func ownAnswer(_ fault: Fault?, _ request: RecordedRequest) -> Answer? {
        switch fault {
        case .answer(let status, let body): Answer(status: status, body: body)
        case .status(let status, let retryAfter):
            Answer.error(status, status == 429 ? "TOOMANYREQUESTS" : "UNKNOWN", "as the test wants")
                .with("Retry-After", retryAfter)
        case .rangeNotSatisfiable: .error(416, "SIZE_INVALID")
        case .redirect(let location, let status):
            Answer(status: status, headers: [(name: "Location", value: location)])
        case .redirectLoop: Answer(status: 301, headers: [(name: "Location", value: request.path)])
        case .body(let bytes): Answer(status: 200, body: bytes)
        case .expiredToken: .error(401, "UNAUTHORIZED")
        default: nil
        }
    }

    private func connect() async throws -> Upstream {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: target) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Upstream(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func note(_ number: Int, of request: RecordedRequest, _ change: (inout RecordedRequest) -> Void) {
        state.withLock { state in
            guard state.requests.indices.contains(number), state.requests[number].path == request.path else {
                return
            }
            change(&state.requests[number])
        }
    }
}
