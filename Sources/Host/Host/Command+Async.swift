internal import Dispatch

extension Command {
    /// `run` on a thread of its own kind, for callers that must not block theirs.
    public func runAside() async throws(CommandError) -> Result {
        let outcome: Swift.Result<Result, CommandError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(CommandError) {
                    continuation.resume(returning: .success(try run()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try outcome.get()
    }
}
