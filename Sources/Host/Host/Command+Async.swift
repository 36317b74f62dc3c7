extension Command {
    /// `run` for callers that must not block their thread.
    public func runAside() async throws(CommandError) -> Result {
        try await Aside.run { () throws(CommandError) in try run() }
    }
}
