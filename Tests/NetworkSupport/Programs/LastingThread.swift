internal import Dispatch
internal import Foundation
internal import Synchronization

/// A thread that ends with the process and not before.
final class LastingThread: Sendable {
    static let shared = LastingThread()

    private final class Work: Sendable {
        let pending = Mutex<[@Sendable () -> Void]>([])
        let count = DispatchSemaphore(value: 0)
    }

    private let work = Work()

    private init() {
        let work = work
        Thread.detachNewThread {
            while true {
                work.count.wait()
                let next = work.pending.withLock { $0.removeFirst() }
                next()
            }
        }
    }

    /// Runs `body` on the thread, after what was given to it before.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            work.pending.withLock { $0.append { continuation.resume(with: Swift.Result { try body() }) } }
            work.count.signal()
        }
    }
}
