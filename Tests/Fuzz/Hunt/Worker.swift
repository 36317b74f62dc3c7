import Glibc

/// Tries inputs one after the other in a process of its own, which a mistake may end.
struct Worker {
    /// Bytes of memory and of stack that a reader of a small input has to do with.
    static let memoryLimit: UInt64 = 256 << 20
    static let stackLimit: UInt64 = 1 << 20
    /// The exit code for a promise that did not hold; what it was stands on standard error.
    static let brokenPromise: Int32 = 3

    let mutator: Mutator
    let page: SharedPage

    static func limitResources() {
        let limits = [
            (RLIMIT_DATA, memoryLimit), (RLIMIT_STACK, stackLimit), (RLIMIT_CORE, 0),
        ]
        for (resource, value) in limits {
            var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
            setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        }
    }

    /// Tries the inputs with these numbers; returns when they are done or it is told to stop.
    func run(_ numbers: Range<UInt64>) throws {
        for number in numbers {
            page[.number] = number
            if page[.stop] != 0 { break }
            let specimen = mutator.specimen(number)
            let start = Self.nanoseconds
            if try attempt(number, specimen) { page[.read] += 1 } else { page[.refused] += 1 }
            let time = Self.nanoseconds - start
            if time > page[.slowest] { (page[.slowest], page[.slowestNumber]) = (time, number) }
            if number % 1024 == 0 { notePeak() }
        }
        notePeak()
        page[.number] = numbers.upperBound
    }

    /// True if the input was read, false if it was refused.
    private func attempt(_ number: UInt64, _ specimen: Specimen) throws -> Bool {
        do {
            try mutator.format.read(specimen)
            return true
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            // The wording of errors is made of what the input says, too.
            let text = mutator.isSeed(number) || number % 16 == 0 ? "\(error)" : ""
            if mutator.isSeed(number) { throw BrokenPromise("seed \(number) is refused: \(text)") }
            return false
        }
    }

    private func notePeak() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        page[.peakKiB] = UInt64(max(0, usage.ru_maxrss))
    }

    /// Of processor time: a busy machine makes no input slow.
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
