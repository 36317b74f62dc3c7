internal import Synchronization

/// What answers a `TestRegistry`'s requests.
final class RegistryService: Sendable {
    struct State: Sendable {
        var contents = RegistryContents()
        var tokens = TokenBook()
        var faults = FaultList()
        var requests: [RecordedRequest] = []
    }

    let options: TestRegistry.Options
    let state = Mutex(State())
    let url = Mutex("")

    init(_ options: TestRegistry.Options) { self.options = options }

    func serve(_ connection: HTTPConnection, _ head: HTTPRequestHead) throws {
        let request = RecordedRequest(head)
        let (number, fault) = state.withLock { state in
            state.requests.append(request)
            return (state.requests.count - 1, state.faults.next(for: request))
        }
        var body: [UInt8] = []
        do {
            while let part = try connection.nextBodyPart() {
                body += part
                if case .cutRequest(let limit) = fault, body.count > limit {
                    body = Array(body.prefix(limit))
                    break
                }
            }
        } catch {
            // A client that leaves within a chunk has sent what came.
            if request.method == "PATCH" { _ = answer(request, body, isWhole: false) }
            throw error
        }
        if case .cutRequest = fault {
            _ = answer(request, body, isWhole: false)
            try connection.reset()
        }
        let answer = faulty(request, body, fault)
        try send(answer, of: request, number, fault, connection)
    }

    /// The answer with what `fault` does to its head.
    private func faulty(_ request: RecordedRequest, _ body: [UInt8], _ fault: Fault?) -> Answer {
        switch fault {
        case .answer(let status, let body): return Answer(status: status, body: body)
        case .status(let status, let retryAfter):
            return Answer.error(status, status == 429 ? "TOOMANYREQUESTS" : "UNKNOWN", "as the test wants")
                .with("Retry-After", retryAfter)
        case .rangeNotSatisfiable: return .error(416, "SIZE_INVALID")
        case .redirect(let location, let status):
            return Answer(status: status, headers: [(name: "Location", value: location)])
        case .redirectLoop:
            return Answer(
                status: 301, headers: [(name: "Location", value: url.withLock { $0 } + request.path)])
        case .expiredToken:
            if let token = bearer(request) { state.withLock { $0.tokens.expire(token) } }
            return challenge(request)
        case .body(let bytes):
            var answer = answer(request, body)
            answer.body = bytes
            return answer
        case .header(let name, let value): return answer(request, body).with(name, value)
        case .ignoreRange: return answer(request, body, ignoringRange: true)
        default: return answer(request, body)
        }
    }

    private func send(
        _ answer: Answer, of request: RecordedRequest, _ number: Int, _ fault: Fault?,
        _ connection: HTTPConnection
    ) throws {
        var body = FaultyBody(connection, fault) { [self] count in
            note(number, of: request) { $0.bytesSent += count }
        }
        try body.start()
        note(number, of: request) { $0.status = answer.status }
        try connection.begin(answer.status, answer.fields, to: request.method)
        if request.method != "HEAD" {
            // Pieces as the network may cut them.
            for start in stride(from: 0, to: answer.body.count, by: 64 << 10) {
                let end = min(start + 64 << 10, answer.body.count)
                try body.write(Array(answer.body[start..<end]))
            }
        }
        try connection.end()
        note(number, of: request) { $0.isComplete = true }
    }

    /// Changes the record of request `number`, unless the records were forgotten since.
    private func note(_ number: Int, of request: RecordedRequest, _ change: (inout RecordedRequest) -> Void) {
        state.withLock { state in
            guard state.requests.indices.contains(number), state.requests[number].path == request.path else {
                return
            }
            change(&state.requests[number])
        }
    }
}
