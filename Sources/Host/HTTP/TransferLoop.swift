internal import CCurl
internal import Host
internal import Synchronization

/// The thread that drives libcurl for one client: it starts with the first transfer and ends when it is stopped.
/// All libcurl functions are called on it alone, except for the one that wakes it.
final class TransferLoop: Sendable {
    enum Command {
        case start(Transfer)
        case resume(Transfer)
        case cancel(Transfer)
    }

    private struct State {
        var commands: [Command] = []
        var isRunning = false
        var isStopped = false
        /// There while the thread runs.
        var handle: LoopHandle?
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let connections: Int

    init(connections: Int) { self.connections = connections }

    /// Queues a command for the thread. Commands after the end are canceled.
    func post(_ command: Command) {
        let (isStopped, starts) = state.withLock { state in
            if state.isStopped { return (true, false) }
            state.commands.append(command)
            state.handle?.wake()
            defer { state.isRunning = true }
            return (false, !state.isRunning)
        }
        if isStopped, case .start(let transfer) = command { transfer.finish(.failure(.cancelled)) }
        if starts { start() }
    }

    /// Cancels everything and ends the thread.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.handle?.wake()
        }
    }

    /// Returns when the thread has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isRunning { state.whenEnded.append(continuation) }
                return !state.isRunning
            }
            if isOver { continuation.resume() }
        }
    }

    private func start() {
        let context = Unmanaged.passRetained(self)
        let isStarted = ccurl_start_thread(
            { Unmanaged<TransferLoop>.fromOpaque($0).takeRetainedValue().run() }, context.toOpaque())
        if !isStarted {
            context.release()
            fail("no thread can be started")
        }
    }

    private func fail(_ reason: String) {
        let commands = state.withLock { state in
            defer { state.commands = [] }
            state.isRunning = false
            return state.commands
        }
        for case .start(let transfer) in commands { transfer.finish(.failure(.noLibrary(reason))) }
    }

    // MARK: On the thread

    private func run() {
        guard let handle = ccurl_loop_new(connections) else { return fail("libcurl is out of memory") }
        let shared = LoopHandle(pointer: handle)
        state.withLock { $0.handle = shared }
        var transfers = ActiveTransfers(loop: handle)
        while let commands = takeCommands() {
            for command in commands { transfers.obey(command) }
            ccurl_loop_perform(handle)
            transfers.collectFinished()
            let patience = transfers.endStalled()
            ccurl_loop_wait(handle, patience)
        }
        transfers.cancelAll()
        let (commands, waiters) = state.withLock { state in
            defer { state = State(isStopped: true) }
            return (state.commands, state.whenEnded)
        }
        // Nobody can wake it any more.
        ccurl_loop_free(handle)
        for case .start(let transfer) in commands { transfer.finish(.failure(.cancelled)) }
        for waiter in waiters { waiter.resume() }
    }

    /// Nil when it is time to end.
    private func takeCommands() -> [Command]? {
        state.withLock { state in
            if state.isStopped { return nil }
            defer { state.commands = [] }
            return state.commands
        }
    }
}

/// libcurl's side of the loop.
// Proof: only its thread uses it, but for `wake`, which is for any thread, and comes before the end by the state's lock.
private struct LoopHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    func wake() { ccurl_loop_wake(pointer) }
}

/// The transfers under way, on the loop's thread.
private struct ActiveTransfers {
    let loop: OpaquePointer
    private var handles: [ObjectIdentifier: OpaquePointer] = [:]
    /// Holds what libcurl calls back.
    private var transfers: [OpaquePointer: Transfer] = [:]

    init(loop: OpaquePointer) { self.loop = loop }

    mutating func obey(_ command: TransferLoop.Command) {
        switch command {
        case .start(let transfer): start(transfer)
        case .resume(let transfer):
            if let handle = handles[ObjectIdentifier(transfer)] { ccurl_resume(handle) }
        case .cancel(let transfer):
            if let handle = handles[ObjectIdentifier(transfer)] { end(handle, .failure(.cancelled)) }
        }
    }

    private mutating func start(_ transfer: Transfer) {
        do throws(HTTPFailure) {
            let handle = try transfer.makeHandle()
            handles[ObjectIdentifier(transfer)] = handle
            transfers[handle] = transfer
            if !ccurl_loop_add(loop, handle) { end(handle, .failure(.noLibrary("libcurl is out of memory"))) }
        } catch { transfer.finish(.failure(error)) }
    }

    mutating func collectFinished() {
        var outcome = CCURL_OTHER
        while let handle = ccurl_loop_next_finished(loop, &outcome) {
            end(handle, HTTPFailure(outcome, handle).map { .failure($0) } ?? .success(()))
        }
    }

    /// Ends those of which nothing was heard for too long; the milliseconds until that is due for another.
    mutating func endStalled() -> Int32 {
        let now = HostClock.monotonicSeconds
        var next = now + 60
        for (handle, transfer) in transfers {
            guard let deadline = transfer.deadline else { continue }
            if deadline <= now { end(handle, .failure(.stalled)) } else { next = min(next, deadline) }
        }
        return Int32(((next - now) * 1000).rounded(.up))
    }

    mutating func cancelAll() { for handle in transfers.keys { end(handle, .failure(.cancelled)) } }

    private mutating func end(_ handle: OpaquePointer, _ result: Result<Void, HTTPFailure>) {
        guard let transfer = transfers.removeValue(forKey: handle) else { return }
        handles[ObjectIdentifier(transfer)] = nil
        ccurl_loop_remove(loop, handle)
        ccurl_transfer_free(handle)
        transfer.finish(result)
    }
}
