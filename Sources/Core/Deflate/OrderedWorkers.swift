internal import Dispatch
internal import Synchronization

/// What a worker of `OrderedWorkers` does with each piece of work. It may hold state
/// of its own, which serves one thread at a time.
public protocol OrderedWorker: SendableMetatype {
    associatedtype Input: Sendable
    associatedtype Output: Sendable
    func process(_ input: Input) -> Output
}

/// Pieces of work done in parallel, whose results come back in the order of submission.
///
/// One thread submits and takes results (`submit`, `next`); it decides how many may be
/// in flight. With one job the work is done at once, on that thread. A caller that
/// stops early just lets go: what was submitted is finished and dropped.
public final class OrderedWorkers<Worker: OrderedWorker>: Sendable {
    /// A worker with its lock, which is never contended: a slot is idle or has one owner.
    private final class Slot: Sendable {
        let worker: Mutex<Worker>
        init(_ worker: sending Worker) { self.worker = Mutex(worker) }
    }

    private struct State {
        var idle: [Slot] = []
        var pending: [(index: Int, input: Worker.Input)] = []
        var finished: [Int: Worker.Output] = [:]
        var submitted = 0
        var taken = 0
    }

    public let jobs: Int
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "identikit.workers", attributes: .concurrent)
    /// Signalled once for each finished piece.
    private let progress = DispatchSemaphore(value: 0)

    /// `jobs` workers, one at the least.
    public init(jobs: Int, makeWorker: () -> sending Worker) {
        self.jobs = max(1, jobs)
        var initial = State()
        for _ in 0..<self.jobs { initial.idle.append(Slot(makeWorker())) }
        state = Mutex(initial)
    }

    /// How many results have not been taken.
    public var inFlight: Int { state.withLock { $0.submitted - $0.taken } }

    public func submit(_ input: Worker.Input) {
        let slot = state.withLock { state -> Slot? in
            state.pending.append((state.submitted, input))
            state.submitted += 1
            return state.idle.popLast()
        }
        guard let slot else { return }
        if jobs == 1 {
            work(slot)
        } else {
            queue.async { self.work(slot) }
        }
    }

    /// The oldest result that has not been taken, once it is there; nil if none is in flight.
    public func next() -> Worker.Output? {
        while true {
            let (output, isWaiting) = state.withLock { state -> (Worker.Output?, Bool) in
                let output = Self.take(&state)
                return (output, state.taken < state.submitted)
            }
            if let output { return output }
            if !isWaiting { return nil }
            progress.wait()
        }
    }

    /// The oldest result that has not been taken, if it is there already.
    public func nextIfReady() -> Worker.Output? { state.withLock { Self.take(&$0) } }

    private static func take(_ state: inout State) -> Worker.Output? {
        guard let output = state.finished.removeValue(forKey: state.taken) else { return nil }
        state.taken += 1
        return output
    }

    /// Does pending work until there is none, then rests.
    private func work(_ slot: Slot) {
        while true {
            let piece = state.withLock { state -> (index: Int, input: Worker.Input)? in
                if state.pending.isEmpty {
                    state.idle.append(slot)
                    return nil
                }
                return state.pending.removeFirst()
            }
            guard let piece else { return }
            let output = slot.worker.withLock { $0.process(piece.input) }
            state.withLock { $0.finished[piece.index] = output }
            progress.signal()
        }
    }
}
