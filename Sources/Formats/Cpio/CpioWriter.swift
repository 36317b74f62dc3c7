public import Bytes
internal import Digests
public import FileTree

/// What is about to be written, for sinks that choose where to begin something new.
public struct CpioEntryStart: Sendable {
    /// 64 bits that depend on the entry's path and contents only.
    public let fingerprint: UInt64
    /// Bytes of the entry in the archive: header, name, data, padding.
    public let size: UInt64
}

/// Writes a tree as a newc archive, one byte sequence for one tree.
///
/// Entries come parents first, names bytewise. The names of a file that has several carry
/// the same identity in the fields for inode and device; the first of them carries the data.
/// Extended attributes are left out: `CpioLoss.losses(of:)` tells which.
/// The end is padded to 512 bytes, as tools expect that read blocks.
public struct CpioWriter<Sink: ByteSink & ~Copyable>: ~Copyable {
    private var sink: Sink
    private let beforeEntry: (inout Sink, CpioEntryStart) throws(StreamError) -> Void
    /// Bytes written so far.
    public private(set) var count: UInt64 = 0

    /// `beforeEntry` is called with the sink before each entry.
    public init(
        _ sink: consuming Sink,
        beforeEntry: @escaping (inout Sink, CpioEntryStart) throws(StreamError) -> Void = { _, _ in }
    ) {
        self.sink = sink
        self.beforeEntry = beforeEntry
    }

    /// Writes all of `tree`, contents pulled from `store` through a bounded buffer.
    public mutating func write(_ tree: FileTree, from store: some BlobStore) throws(CpioError) {
        var identities: [Int: LinkIdentity] = [:]
        for entry in tree {
            var header = try NewcHeader(entry)
            if entry.isHardLink {
                let identity = identities[entry.nodeIndex] ?? header.identity(contents: entry.node.contents)
                identities[entry.nodeIndex] = identity
                header.set(identity)
            }
            try write(entry, header, from: store)
        }
    }

    /// Ends the archive and gives the sink back.
    public consuming func finish() throws(CpioError) -> Sink {
        try put(NewcHeader(name: NewcHeader.trailer).encoded)
        try put([UInt8](repeating: 0, count: Int((512 - count % 512) % 512)))
        return sink
    }

    private mutating func write(
        _ entry: FileTree.Entry, _ header: NewcHeader, from store: some BlobStore
    ) throws(CpioError) {
        let contents = entry.archivedContents
        var header = header
        header.dataSize = try entry.newcSize
        let head = header.encoded
        let padding = NewcHeader.padding(contents.count)
        let start = CpioEntryStart(
            fingerprint: entry.fingerprint,
            size: UInt64(head.count) + contents.count + UInt64(padding))
        do throws(StreamError) { try beforeEntry(&sink, start) } catch { throw .stream(error) }
        try put(head)
        do throws(StreamError) { try store.copy(contents, to: &sink) } catch { throw .stream(error) }
        count += contents.count
        if padding > 0 { try put([UInt8](repeating: 0, count: padding)) }
    }

    private mutating func put(_ bytes: [UInt8]) throws(CpioError) {
        do throws(StreamError) { try sink.write(bytes) } catch { throw .stream(error) }
        count += UInt64(bytes.count)
    }
}

extension FileTree.Entry {
    /// The data of the entry: a file's contents at its first name, a symbolic link's target.
    fileprivate var archivedContents: FileContents {
        switch node.kind {
        case .symbolicLink(let target): .bytes(target)
        case .regular: isFirstName ? node.contents : .empty
        case .directory, .characterDevice, .blockDevice, .fifo, .socket: .empty
        }
    }

    /// FNV-1a over the path and the digest of the contents.
    fileprivate var fingerprint: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let digest = node.kind == .regular ? node.contents.contentDigest.bytes : []
        for bytes in [path.bytes, digest] {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        // FNV's low bits are its weakest.
        return hash ^ hash >> 32
    }
}

extension FileTree {
    /// Throws for what an archive cannot hold, before anything is written of one.
    public func checkFitsNewc() throws(CpioError) {
        for entry in self {
            _ = try NewcHeader(entry)
            _ = try entry.newcSize
        }
    }
}

extension FileTree.Entry {
    fileprivate var newcSize: UInt32 {
        get throws(CpioError) {
            let size = archivedContents.count
            guard let held = UInt32(exactly: size) else { throw .fileTooLarge(path: path, size: size) }
            return held
        }
    }
}
