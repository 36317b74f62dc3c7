internal import Host

/// How often and when a failed attempt is repeated that may succeed the next time: after 408, 429 and 5xx, when no
/// connection can be made, when one stalls or is cut.
public struct RetryPolicy: Sendable {
    /// Attempts without progress, the first included; at least 1.
    public var attempts: Int
    /// Seconds before the second attempt; twice as long before each further one.
    public var firstDelay: Double
    /// The longest pause in seconds, unless the server requests a longer one.
    public var longestDelay: Double
    /// The longest wait that a server may request (`Retry-After`), in seconds; beyond it there is no retry.
    public var longestRetryAfter: Double
    /// Seconds without a byte in either direction after which a connection counts as dead.
    public var stallSeconds: Double
    /// Seconds allowed for connecting.
    public var connectSeconds: Double

    public init(
        attempts: Int = 6, firstDelay: Double = 0.5, longestDelay: Double = 20,
        longestRetryAfter: Double = 120, stallSeconds: Double = 60, connectSeconds: Double = 15
    ) {
        self.attempts = max(1, attempts)
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.longestRetryAfter = longestRetryAfter
        self.stallSeconds = stallSeconds
        self.connectSeconds = connectSeconds
    }

    public static let `default` = RetryPolicy()

    /// Seconds before the next attempt after `failures` of them, one at least; nil if the server requests a longer wait
    /// than allowed. Its wait is added to our own pause: it may say 0, or a time that is past by our clock.
    /// `chance` is from 0 up to 1: it spreads clients that failed together.
    func delay(afterFailures failures: Int, retryAfter: Double?, chance: Double) -> Double? {
        let retryAfter = retryAfter ?? 0
        guard retryAfter <= longestRetryAfter else { return nil }
        var delay = firstDelay
        for _ in 1..<max(2, min(failures, 60)) where failures > 1 { delay = min(delay * 2, longestDelay) }
        return retryAfter + min(delay, longestDelay) * (0.5 + 0.5 * chance)
    }
}
