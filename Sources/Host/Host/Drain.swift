internal import Dispatch
internal import Synchronization

/// Work on a thread of its own whose result is waited for once.
final class Drain<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () -> Value) {
        DispatchQueue(label: "drain").async { [self] in
            let result = work()
            value.withLock { $0 = result }
            done.signal()
        }
    }

    @discardableResult
    func wait() -> Value {
        done.wait()
        guard let result = value.withLock({ $0 }) else {
            preconditionFailure("the work signals only after it has stored its result")
        }
        return result
    }
}
