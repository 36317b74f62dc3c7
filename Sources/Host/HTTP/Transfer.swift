internal import CCurl
internal import Host
internal import Synchronization

/// One request and its answer, between the task that wants it and the thread that drives libcurl.
///
/// Both sides only pass bytes: the thread never waits for the task (libcurl's transfer pauses instead), and the task
/// waits suspended.
final class Transfer: Sendable {
    let request: HTTPRequest
    let settings: HTTPSettings
    private let loop: TransferLoop
    private let state: Mutex<TransferState>

    init(_ request: HTTPRequest, _ settings: HTTPSettings, on loop: TransferLoop) {
        self.request = request
        self.settings = settings
        self.loop = loop
        state = Mutex(TransferState(bodyLength: request.body?.length ?? 0))
    }

    // MARK: For the task

    /// The next event. Only one task at a time may call this.
    func next() async -> TransferEvent {
        while true {
            let (event, resumes) = state.withLock { $0.nextEvent() }
            if resumes { loop.post(.resume(self)) }
            if let event { return event }
            await withTaskCancellationHandler {
                await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                    let isReady = state.withLock { state in
                        if !state.isReady { state.waiter = continuation }
                        return state.isReady
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                cancel()
            }
        }
    }

    /// Gives bytes of the request's body that were wanted from `offset` on.
    func supply(_ bytes: [UInt8], at offset: UInt64) {
        if state.withLock({ $0.take(supply: bytes, at: offset) }) { loop.post(.resume(self)) }
    }

    /// Ends the transfer unless it is complete. For any thread.
    func cancel() {
        let (waiter, isOver) = state.withLock { state in
            state.isCancelled = true
            return (state.waiter.take(), state.end != nil)
        }
        waiter?.resume()
        if !isOver { loop.post(.cancel(self)) }
    }

    // MARK: For the loop

    /// When to give up if nothing happens, in seconds of the monotonic clock; nil while it is not the server that is
    /// waited for.
    var deadline: Double? {
        state.withLock { state in
            guard state.isConnected, !state.isBodyPaused, !state.isSupplyPaused else { return nil }
            return state.lastActivity + settings.stallSeconds
        }
    }

    func finish(_ result: Result<Void, HTTPFailure>) {
        change { state in
            guard state.end == nil else { return }
            // A response that ends before its head is complete is invalid.
            if case .success = result, !state.head.isComplete {
                state.end = .failure(.cut("the connection was closed"))
            } else {
                state.end = result
            }
        }
    }

    func connected() { change { $0.isConnected = true } }

    func take(line: UnsafeBufferPointer<UInt8>) -> Bool {
        change { state in
            if state.head.take(line) { return true }
            state.end = .failure(.notHTTP)
            return false
        }
    }

    func take(body bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        change { state in
            if state.isCancelled { return Int64(CCURL_ABORT) }
            return state.take(body: bytes) ? Int64(bytes.count) : Int64(CCURL_PAUSE)
        }
    }

    func fill(_ room: UnsafeMutableBufferPointer<UInt8>) -> Int64 {
        change { state in
            if state.isCancelled { return Int64(CCURL_ABORT) }
            return state.moveSupply(into: room).map(Int64.init) ?? Int64(CCURL_PAUSE)
        }
    }

    func rewind(to offset: UInt64) -> Bool { change { $0.rewind(to: offset) } }

    /// Notes that something happened, and wakes the task if there is something for it.
    private func change<T: Sendable>(_ edit: (inout TransferState) -> T) -> T {
        let (result, waiter) = state.withLock { state in
            state.lastActivity = HostClock.monotonicSeconds
            let result = edit(&state)
            return (result, state.isReady ? state.waiter.take() : nil)
        }
        waiter?.resume()
        return result
    }
}
