public import Bytes
public import Digests
internal import FileTree
internal import Host
public import KitConfig
internal import Synchronization

/// Proof that files of the build machine have not changed since they were read.
public struct UnchangedSources: Sendable {
    fileprivate init() {}
}

/// The files of the build machine named by `source` in a kit's `files`. Each is read once to compute its digest,
/// and again when it is written, so that it is never held in memory. Sources that can be read only once or whose
/// size is not known in advance (pipes, `/proc`) are first copied into an unnamed temporary file.
public final class SourceFiles: Sendable {
    private struct Scanned {
        let path: String
        let fingerprint: FileFingerprint
    }

    private struct State {
        var contents: [ByteString: FileContents] = [:]
        /// Pipes and devices, which cannot be read twice.
        var drained: [(fingerprint: FileFingerprint, contents: FileContents)] = []
        var scanned: [SHA256Digest: Scanned] = [:]
        var copies: [SHA256Digest: ReadableFile] = [:]
        var open: [SHA256Digest: ReadableFile] = [:]
    }

    private let state = Mutex(State())
    private let directory: String
    /// Whether standard input was used for the configuration and is not available as a source.
    private let standardInputIsRead: Bool
    /// The size in bytes up to which files are kept in memory.
    private static let smallest = 4096
    /// The maximum number of open files; others are closed, and reopened when needed.
    private static let openLimit = 128

    /// `directory` stores copies of sources that can be read only once.
    public init(directory: String = "/tmp", standardInputIsRead: Bool = false) {
        self.directory = directory
        self.standardInputIsRead = standardInputIsRead
    }

    /// The file at `path`, read now or earlier; nil if it is missing and `optional`.
    func contents(ofFile path: String, optional: Bool) throws(SourceProblem) -> FileContents? {
        let key = ByteString(path)
        if let known = state.withLock({ $0.contents[key] }) { return known }
        guard let kind = try Self.kind(path) else {
            if optional { return nil }
            throw .missing(danglingLink: try? Directory.linkTarget(path))
        }
        let contents: FileContents
        switch kind {
        case .directory: throw .directory
        case .regular, .symbolicLink:
            do throws(StreamError) { contents = try scan(path) } catch { throw .unreadable(error) }
        case .other: contents = try drain(path)
        }
        state.withLock { $0.contents[key] = contents }
        return contents
    }

    /// The contents of the `source` of `files[index]`; nil if it is optional and missing.
    func contents(of file: FileConfig, index: Int, home: String) throws(AssemblyError) -> FileContents? {
        let path = file.sourcePath(home: home)
        do throws(SourceProblem) { return try contents(ofFile: path, optional: file.optional) } catch {
            throw .unreadableSource(index: index, path: file.path, source: path, reason: error)
        }
    }

    /// The SHA-256 of the file.
    public func digest(of file: FileConfig, index: Int, home: String) throws(AssemblyError) -> SHA256Digest? {
        try contents(of: file, index: index, home: home)?.contentDigest
    }

    /// Throws if a file has changed since it was first read.
    public func unchanged() throws(StreamError) -> UnchangedSources {
        for (digest, scanned) in state.withLock({ $0.scanned }) {
            guard let now = try? FileFingerprint(of: scanned.path), now.size == scanned.fingerprint.size
            else {
                throw .changed(path: scanned.path)
            }
            if scanned.fingerprint.isUntouched(in: now) { continue }
            var hasher = SHA256Hasher()
            var source = RangeSource(try ReadableFile(path: scanned.path))
            try source.copy(to: &hasher)
            guard hasher.finalize() == digest else { throw .changed(path: scanned.path) }
        }
        return UnchangedSources()
    }

    /// The store with the bytes of these files added.
    func store(over base: any BlobStore) -> any BlobStore { SourceStore(base: base, sources: self) }
}

// The first reading.
extension SourceFiles {
    private func scan(_ path: String) throws(StreamError) -> FileContents {
        let fingerprint = try FileFingerprint(of: path)
        let file = try ReadableFile(path: path)
        var hasher = SHA256Hasher()
        var source = OpenEndedSource(file)
        var start = ByteArraySink()
        if file.count <= Self.smallest {
            let isWhole = try source.copyWhole(of: Int(file.count), to: &start)
            // A size of 0 may mean that the size is unknown.
            if isWhole { return .bytes(ByteString(start.bytes)) }
            return try copy(SpecialFileSource(path: path), path)
        }
        guard try source.copy(to: &hasher) == file.count else {
            // The file grows, or its file system reports an estimated size.
            return try copy(SpecialFileSource(path: path), path)
        }
        let digest = hasher.finalize()
        state.withLock {
            $0.scanned[digest] = $0.scanned[digest] ?? Scanned(path: path, fingerprint: fingerprint)
        }
        return .blob(digest: digest, offset: 0, length: file.count, contentDigest: digest)
    }

    private static func kind(_ path: String) throws(SourceProblem) -> FileStatus.Kind? {
        do throws(StreamError) { return try FileStatus.following(path)?.kind } catch {
            throw .unreadable(error)
        }
    }

    private func drain(_ path: String) throws(SourceProblem) -> FileContents {
        if SpecialFileSource.isEndless(path) { throw .endless }
        do throws(StreamError) {
            let fingerprint = try FileFingerprint(of: path)
            let isInput = FileFingerprint.standardInput?.isSameFile(as: fingerprint) == true
            if !isInput || !standardInputIsRead { return try drain(path, fingerprint) }
        } catch { throw .unreadable(error) }
        throw .standardInput
    }

    private func drain(_ path: String, _ fingerprint: FileFingerprint) throws(StreamError) -> FileContents {
        if let known = state.withLock({ $0.drained.first { $0.fingerprint.isSameFile(as: fingerprint) } }) {
            return known.contents
        }
        let contents = try copy(SpecialFileSource(path: path), path)
        state.withLock { $0.drained.append((fingerprint, contents)) }
        return contents
    }

    /// Reads `source` to its end: into memory if it is small, otherwise into an unnamed temporary file.
    private func copy(_ source: SpecialFileSource, _ path: String) throws(StreamError) -> FileContents {
        var source = source
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var filled = 0
        while filled < buffer.count {
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { return .bytes(ByteString(buffer[..<filled])) }
            filled += count
        }
        try Directory.create(directory)
        var sink = DigestingSink(try AtomicFile(path: "\(directory)/source"))
        try sink.write(UnsafeRawBufferPointer(buffer))
        try source.copy(to: &sink)
        let (digest, count) = (sink.digest, sink.count)
        // Never committed: the name is removed, and the open file remains readable.
        let file = sink.finish()
        let copy = try file.reader()
        state.withLock { $0.copies[digest] = copy }
        return .blob(digest: digest, offset: 0, length: count, contentDigest: digest)
    }
}

// Later readings.
extension SourceFiles {
    /// The file with `digest`; nil if there is none.
    fileprivate func open(_ digest: SHA256Digest) throws(StreamError) -> (any RandomAccessBytes)? {
        let (copy, known, scanned) = state.withLock {
            ($0.copies[digest], $0.open[digest], $0.scanned[digest])
        }
        if let copy { return copy }
        guard let scanned else { return nil }
        let file: ReadableFile
        if let known {
            file = known
        } else {
            file = try ReadableFile(path: scanned.path)
            state.withLock { state in
                if state.open.count >= Self.openLimit { state.open = [:] }
                state.open[digest] = file
            }
        }
        guard file.count == scanned.fingerprint.size else { throw .changed(path: scanned.path) }
        return SteadyFile(file: file)
    }
}

private struct SourceStore: BlobStore {
    let base: any BlobStore
    let sources: SourceFiles

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        if let file = try sources.open(digest) { return file }
        return try base.open(digest)
    }
}

/// A source that fails if its file becomes shorter.
private struct SteadyFile: RandomAccessBytes {
    let file: ReadableFile
    var count: UInt64 { file.count }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        let read = try file.read(at: offset, into: buffer)
        if offset < count, UInt64(read) < min(UInt64(buffer.count), count - offset) {
            throw .changed(path: file.path)
        }
        return read
    }
}

/// A source that reads a file to its end, regardless of its reported size.
private struct OpenEndedSource: ByteSource {
    private let file: ReadableFile
    private var position: UInt64 = 0

    init(_ file: ReadableFile) { self.file = file }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        let count = try file.read(at: position, into: buffer)
        position += UInt64(count)
        return count
    }

    /// Copies up to `count` bytes; returns whether the file has exactly that many.
    mutating func copyWhole(of count: Int, to sink: inout ByteArraySink) throws(StreamError) -> Bool {
        let bytes = try file.bytes(upTo: count + 1)
        try sink.write(bytes)
        return bytes.count == count
    }
}

extension ReadableFile {
    /// The first bytes, at most `count`.
    fileprivate func bytes(upTo count: Int) throws(StreamError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { buffer.deallocate() }
        return Array(buffer[..<(try read(at: 0, into: buffer))])
    }
}
