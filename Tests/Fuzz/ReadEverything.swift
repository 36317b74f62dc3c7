import Bytes
import FileTree

/// Bounds what one input may have us read: an honest reader takes no more time than the input has bytes,
/// but files of an image may share them, over and over.
struct ReadingBudget {
    private var left = 8 << 20
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    func free() { chunk.deallocate() }

    /// Reads to the end, or as far as the budget reaches; returns how many bytes came, nil if the end did not.
    mutating func drain(_ source: inout some ByteSource) throws(StreamError) -> UInt64? {
        var total: UInt64 = 0
        while left > 0 {
            let count = try source.read(into: chunk)
            if count == 0 { return total }
            total += UInt64(count)
            left -= count
        }
        return nil
    }

    /// Reads all of `bytes` by what it says is data.
    mutating func drain(_ bytes: some SparseBytes) throws {
        var offset: UInt64 = 0
        while left > 0, let range = bytes.nextData(at: offset) {
            guard range.lowerBound >= offset, !range.isEmpty, range.upperBound <= bytes.count else {
                throw BrokenPromise("data at \(range) after \(offset), of \(bytes.count) bytes")
            }
            offset = range.lowerBound
            while offset < range.upperBound, left > 0 {
                let wanted = Int(min(UInt64(chunk.count), range.upperBound - offset))
                let count = try bytes.read(
                    at: offset, into: UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted]))
                guard count > 0 else {
                    throw BrokenPromise("nothing at \(offset), which is before the end \(bytes.count)")
                }
                offset += UInt64(count)
                left -= count
            }
        }
    }
}

/// Reads a source to its end within a budget.
func readEverything(_ source: some ByteSource) throws {
    var budget = ReadingBudget()
    defer { budget.free() }
    var source = source
    _ = try budget.drain(&source)
}

/// Reads all of a disk that lies in a container.
func readEverything(_ bytes: some SparseBytes) throws {
    var budget = ReadingBudget()
    defer { budget.free() }
    try budget.drain(bytes)
}

/// Walks over a file system and reads its files, and holds the reader to what `FileSystemReader` says.
func readEverything(_ reader: some FileSystemReader) throws {
    var budget = ReadingBudget()
    defer { budget.free() }
    var promises = WalkPromises()
    var failure: (any Error)?
    try reader.walk { file, handle in
        guard failure == nil else { return }
        do {
            try promises.check(file)
            guard file.kind == .regular else { return }
            var source = AnySource(try reader.contents(of: handle))
            if let count = try budget.drain(&source), count != file.size {
                throw BrokenPromise("/\(file.path): \(count) bytes came, its size is \(file.size)")
            }
        } catch { failure = error }
    }
    // What cannot be read must not hide a promise that breaks behind it, and is no reason to stop.
    if let failure { throw failure }
    try promises.checkEnd()
}

/// What a walk promises: the root first, parents before what is in them, names that are names, those of a
/// directory in order and each once.
struct WalkPromises {
    /// The last name seen in each directory; none is empty.
    private var lastNames: [ByteString: ByteString] = [:]

    mutating func check(_ file: FoundFile) throws {
        if lastNames.isEmpty {
            guard file.path.isEmpty, file.kind == .directory else {
                throw BrokenPromise("the walk starts with \(file.path), not with the root")
            }
            lastNames[ByteString()] = ByteString()
            return
        }
        let bytes = file.path.bytes
        let slash = bytes.lastIndex(of: 0x2F)
        let name = ByteString(slash.map { bytes[($0 + 1)...] } ?? bytes[...])
        let parent = ByteString(bytes[..<(slash ?? 0)])
        if name.isEmpty || name == "." || name == ".." || name.bytes.contains(0) {
            throw BrokenPromise("\(bytes) is no path")
        }
        guard let last = lastNames[parent] else {
            throw BrokenPromise("\(file.path) comes before its parent, or is below no directory")
        }
        guard last < name else { throw BrokenPromise("in /\(parent), \(name) comes after \(last)") }
        lastNames[parent] = name
        if file.kind == .directory { lastNames[file.path] = ByteString() }
    }

    func checkEnd() throws {
        if lastNames.isEmpty { throw BrokenPromise("the walk ended without the root") }
    }
}

/// A source of any kind where one of a known type is asked for.
struct AnySource: ByteSource {
    private var base: any ByteSource
    init(_ base: any ByteSource) { self.base = base }
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        try base.read(into: buffer)
    }
}
