import Glibc

/// The cost of one run.
struct Measurement {
    /// Wall and processor time in seconds, and the peak resident memory in KiB.
    let seconds: Double
    let processorSeconds: Double
    let peakKiB: Int

    static func of(_ body: () throws -> Void) rethrows -> Measurement {
        let (wall, processor) = (clock(CLOCK_MONOTONIC), clock(CLOCK_PROCESS_CPUTIME_ID))
        try body()
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Measurement(
            seconds: clock(CLOCK_MONOTONIC) - wall,
            processorSeconds: clock(CLOCK_PROCESS_CPUTIME_ID) - processor,
            peakKiB: usage.ru_maxrss)
    }

    private static func clock(_ id: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(id, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

func processorCount() -> Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

func quit(_ status: Int32) -> Never { exit(status) }

/// The number with two decimal places.
func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
