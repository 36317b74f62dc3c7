public import Bytes
internal import Dispatch
internal import Synchronization

/// Bytes on their way from a task that receives them to a thread that reads them, never many at a time: the
/// task waits while the reader is behind.
public final class ByteHandoff: Sendable {
    private struct State {
        var pieces: [[UInt8]] = []
        /// Bytes of the first piece that are read already.
        var offset = 0
        var waitingBytes = 0
        var passedBytes: UInt64 = 0
        var isEnded = false
        var isCut = false
        var isAbandoned = false
        var sender: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let name: String

    /// Holds some `capacity` bytes; `name` is for messages.
    public init(name: String, capacity: Int = 4 << 20) {
        self.name = name
        self.capacity = capacity
    }

    /// Hands `bytes` over and waits until there is room for more. False if nobody reads any more.
    public func send(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            let mayGoOn = state.withLock { state in
                if !bytes.isEmpty, !state.isAbandoned { state.pieces.append(bytes) }
                state.waitingBytes += bytes.count
                if state.isAbandoned || state.waitingBytes <= capacity { return true }
                state.sender = continuation
                return false
            }
            arrivals.signal()
            if mayGoOn { continuation.resume() }
        }
        return state.withLock { !$0.isAbandoned }
    }

    /// Nothing more comes: the reader finds the end behind what was sent, or an `unexpectedEnd` if `isCut`.
    public func finish(isCut: Bool = false) {
        state.withLock { ($0.isEnded, $0.isCut) = (true, isCut) }
        arrivals.signal()
    }

    /// Nobody reads any more: who sends is not left waiting.
    public func abandon() {
        let sender = state.withLock { state in
            state.isAbandoned = true
            state.pieces = []
            return state.sender.take()
        }
        sender?.resume()
    }

    /// Where the bytes come out, once. Reading blocks the thread.
    public var source: some ByteSource { Source(handoff: self) }

    private struct Source: ByteSource {
        let handoff: ByteHandoff

        func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
            if buffer.isEmpty { return 0 }
            while true {
                if let count = try handoff.take(into: buffer) { return count }
                handoff.arrivals.wait()
            }
        }
    }

    /// Nil if there is nothing yet.
    private func take(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int? {
        var sender: CheckedContinuation<Void, Never>?
        let taken: Result<Int?, StreamError> = state.withLock { state in
            guard let piece = state.pieces.first else {
                if !state.isEnded { return .success(nil) }
                return state.isCut
                    ? .failure(.unexpectedEnd(of: name, offset: state.passedBytes)) : .success(0)
            }
            let count = min(buffer.count, piece.count - state.offset)
            piece.withUnsafeBytes { bytes in
                buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[state.offset...].prefix(count)))
            }
            state.offset += count
            if state.offset == piece.count {
                state.pieces.removeFirst()
                state.offset = 0
            }
            state.waitingBytes -= count
            state.passedBytes += UInt64(count)
            if state.waitingBytes <= capacity { sender = state.sender.take() }
            return .success(count)
        }
        sender?.resume()
        return try taken.get()
    }
}
