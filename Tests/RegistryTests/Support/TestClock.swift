import Registry
import Synchronization

/// Time that passes when somebody waits for it, and in leaps when somebody looks.
final class TestClock: Sendable {
    private let state = Mutex<(now: Double, waits: [Double])>((1000, []))
    private let leap: Double

    /// `leap`: seconds that pass whenever the time is read.
    init(leap: Double = 0) { self.leap = leap }

    var clock: RegistryClock {
        RegistryClock(
            monotonicSeconds: { [self] in
                state.withLock { state in
                    state.now += leap
                    return state.now
                }
            },
            sleep: { [self] seconds in
                try Task.checkCancellation()
                state.withLock { state in
                    state.now += seconds
                    state.waits.append(seconds)
                }
            })
    }

    /// How long each wait would have been.
    var waits: [Double] { state.withLock { $0.waits } }

    func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }
}
