internal import Dispatch

/// Where servers and clients of tests run: on threads of their own. Other tests may hold all that Swift has for
/// tasks, computing or waiting for a program, for longer than a connection may be silent.
final class OwnThreads: TaskExecutor {
    static let shared = OwnThreads()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // A serial queue gets a thread at once; a concurrent one shares those of tasks, and waits a second for
        // another when all of them are held.
        DispatchQueue(label: "network of tests").async {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}

/// Runs a client on the threads that servers run on: see `OwnThreads`.
public func onOwnThreads<T>(_ body: () async throws -> T) async throws -> T {
    try await withTaskExecutorPreference(OwnThreads.shared, operation: body)
}
