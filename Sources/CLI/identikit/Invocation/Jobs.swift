import Host

/// How many workers a command uses.
enum Jobs {
    /// Each worker holds some MiB: more than this only costs memory.
    private static let most = 256

    /// `jobs`, or one for each processor.
    static func checked(_ jobs: Int?) throws -> Int {
        guard let jobs else { return min(HostEnvironment.processorCount, most) }
        guard (1...most).contains(jobs) else { throw Failure("--jobs \(jobs): give 1 to \(most)", .usage) }
        return jobs
    }
}
