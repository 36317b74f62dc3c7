import Glibc

/// What a worker tells the hunt while it runs, in a file that both have mapped: it is there when the worker
/// dies, whatever it dies of, and takes no call of the system to write.
struct SharedPage {
    enum Field: Int, CaseIterable {
        /// The input being tried, or `making` while seeds are made.
        case number
        /// How many were read to the end, and how many refused.
        case read, refused
        /// Nanoseconds of processor time that the slowest input took, and its number.
        case slowest, slowestNumber
        /// Peak resident memory.
        case peakKiB
        /// 1 tells the worker to stop before the next input.
        case stop
    }

    static let making = UInt64.max
    private static let size = 4096
    private let words: UnsafeMutableRawPointer

    /// Maps the file at `path`, made if need be.
    init(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(Self.size)) == 0 else {
            throw HuntError("cannot make \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let mapped = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { throw HuntError("cannot map \(path)") }
        words = mapped
    }

    func unmap() { munmap(words, Self.size) }

    subscript(field: Field) -> UInt64 {
        get { words.load(fromByteOffset: field.rawValue * 8, as: UInt64.self) }
        nonmutating set { words.storeBytes(of: newValue, toByteOffset: field.rawValue * 8, as: UInt64.self) }
    }
}

/// Why the hunt itself could not go on.
struct HuntError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
