extension Command {
    /// `run` for callers that must not block their thread.
    public func runBlocking() async throws(CommandError) -> Result {
        try await Blocking.run { () throws(CommandError) in try run() }
    }
}
