internal import Synchronization

/// What passes a `FaultProxy`'s requests on.
final class ProxyService: Sendable {
    struct State: Sendable {
        var faults = FaultList()
        var requests: [RecordedRequest] = []
        /// Counts on when the records are forgotten.
        var count = 0
    }

    let state = Mutex(State())
    private let target: Int
    private let plan: FaultProxy.Plan?
    private let onRequest: @Sendable (RecordedRequest) -> Void

    init(
        target: Int, plan: FaultProxy.Plan?, onRequest: @escaping @Sendable (RecordedRequest) -> Void
    ) {
        self.target = target
        self.plan = plan
        self.onRequest = onRequest
    }

    func serve(_ connection: HTTPConnection, _ head: HTTPRequestHead) throws {
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
        onRequest(request)
        if let answer = ownAnswer(fault, request) {
            while try connection.nextBodyPart() != nil {}
            note(number, of: request) { $0.status = answer.status }
            return try connection.send(answer, to: request.method)
        }
        // One connection a request: simple, and loopback's are cheap.
        let upstream = try Socket.connected(to: target)
        try passOn(head, connection, upstream, fault)
        try passBack(upstream, connection, number, request, fault)
    }

    private func passOn(
        _ head: HTTPRequestHead, _ connection: HTTPConnection, _ upstream: Socket, _ fault: Fault?
    ) throws {
        var fields = head.fields
        if case .ignoreRange = fault { fields.remove("Range") }
        // The client is asked to continue from here.
        fields.remove("Expect")
        fields.replace("Connection", "close")
        try upstream.write("\(head.method) \(head.uri) HTTP/1.1\r\n\(fields.encoded)\r\n".utf8)
        let isChunked = fields["Transfer-Encoding"] != nil
        var taken = 0
        while let part = try connection.nextBodyPart() {
            if case .cutRequest(let limit) = fault, taken + part.count > limit {
                try send(Array(part.prefix(max(0, limit - taken))), isChunked, to: upstream)
                try connection.reset()
            }
            taken += part.count
            try send(part, isChunked, to: upstream)
        }
        if isChunked { try upstream.write("0\r\n\r\n".utf8) }
    }

    private func send(_ part: [UInt8], _ isChunked: Bool, to upstream: Socket) throws {
        guard !part.isEmpty else { return }
        if isChunked { try upstream.write("\(String(part.count, radix: 16))\r\n".utf8) }
        try upstream.write(part)
        if isChunked { try upstream.write("\r\n".utf8) }
    }

    private func passBack(
        _ upstream: Socket, _ connection: HTTPConnection, _ number: Int, _ request: RecordedRequest,
        _ fault: Fault?
    ) throws {
        var body = FaultyBody(connection, fault) { [self] count in
            note(number, of: request) { $0.bytesSent += count }
        }
        try body.start()
        var reader = MessageReader(upstream)
        let head = try reader.response(to: request.method)
        var fields = head.fields
        fields.remove("Connection")
        if case .header(let name, let value) = fault {
            fields.remove(name)
            if let value { fields.replace(name, value) }
        }
        note(number, of: request) { $0.status = head.status }
        try connection.begin(head.status, fields, to: request.method)
        while let bytes = try reader.nextBodyPart() { try body.write(bytes) }
        try connection.end()
        note(number, of: request) { $0.isComplete = true }
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

    private func note(_ number: Int, of request: RecordedRequest, _ change: (inout RecordedRequest) -> Void) {
        state.withLock { state in
            guard state.requests.indices.contains(number), state.requests[number].path == request.path else {
                return
            }
            change(&state.requests[number])
        }
    }
}
