internal import Host

/// Time as the registry client sees it. A parameter, so that tests need not wait for what takes minutes.
public struct RegistryClock: Sendable {
    /// Seconds since an arbitrary point, never going back.
    public var monotonicSeconds: @Sendable () -> Double
    /// Returns after so many seconds; throws when the task is canceled.
    public var sleep: @Sendable (Double) async throws -> Void

    public init(
        monotonicSeconds: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Double) async throws -> Void
    ) {
        self.monotonicSeconds = monotonicSeconds
        self.sleep = sleep
    }

    /// This machine's.
    public static let system = RegistryClock(
        monotonicSeconds: { HostClock.monotonicSeconds },
        sleep: { try await Task.sleep(nanoseconds: UInt64(max(0, min($0, 1e9)) * 1e9)) })
}
