internal import Glibc

/// The only place that reads the clock: for progress, never for an output.
public enum HostClock {
    /// Seconds since an arbitrary point, never going back.
    public static var monotonicSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, for options that ask for the current time by name.
    public static var secondsSince1970: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }
}
