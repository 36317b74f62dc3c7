public import Bytes
public import FileTree

/// Reads FAT12, FAT16 and FAT32 volumes, those of others too.
///
/// A volume may be hostile. Each cluster belongs to one file or directory, so that time and what is read are bounded by
/// the volume's size, memory by a bit for each of its clusters and the largest directory (2 MiB, in each directory on
/// the way down). To read all that there is: `init`, `walk`, and `contents(of:)` for each regular file found.
public struct FATReader: FileSystemReader {
    public typealias Failure = FATError

    /// Where a file's bytes are.
    public struct Handle: Sendable {
        /// Runs of clusters, in the order of the file: bytes from the start of the volume.
        public let extents: [Range<UInt64>]
        /// Bytes.
        public let size: UInt64
    }

    public let bootSector: BootSector
    private let bytes: any RandomAccessBytes

    /// A path's limit, bytes, as in Linux.
    private static let pathLimit = 4095

    /// Reads the boot sector.
    public init(_ bytes: any RandomAccessBytes) throws(FATError) {
        self.bytes = bytes
        let count = Int(min(bytes.count, UInt64(BootSector.size)))
        let sector: [UInt8]
        do throws(StreamError) {
            sector = try bytes.bytes(at: 0, length: count, of: "a FAT volume")
        } catch { throw .stream(error) }
        bootSector = try BootSector(parsing: sector, available: bytes.count)
    }

    public func walk(_ body: (FoundFile, Handle) throws(FATError) -> Void) throws(FATError) {
        var chains = ClusterChains(bootSector, bytes)
        let root = try directory(chains.root(), path: ByteString(), isRoot: true, &chains)
        let metadata = FileMetadata(permissions: 0o755, modified: root.time)
        try body(
            FoundFile(path: ByteString(), kind: .directory, metadata: metadata, size: 0, fileNumber: 0),
            Handle(extents: [], size: 0))
        var directories = [OpenDirectory(path: ByteString(), entries: root.entries)]
        while let (path, found) = try Self.next(&directories) {
            let entry = found.entry
            let isDirectory = entry.attributes.contains(.directory)
            let source = ClusterChains.Source(path: path, offset: found.offset)
            let extents =
                isDirectory
                ? try chains.directory(entry.firstCluster, source)
                : try chains.file(entry.firstCluster, size: UInt64(entry.size), source)
            let size = isDirectory ? 0 : UInt64(entry.size)
            let file = FoundFile(
                path: path, kind: isDirectory ? .directory : .regular, metadata: entry.metadata, size: size,
                fileNumber: found.offset / UInt64(DirectoryEntry.size))
            try body(file, Handle(extents: isDirectory ? [] : extents, size: size))
            guard isDirectory else { continue }
            let children = try directory(extents, path: path, isRoot: false, &chains).entries
            directories.append(OpenDirectory(path: path, entries: children))
        }
    }

    /// A directory on the way down, and which of its entries is next. Paths are made when their turn comes: a full
    /// directory far down would have hundreds of megabytes of them.
    private struct OpenDirectory {
        let path: ByteString
        let entries: [DirectoryListing.Found]
        var index = 0
    }

    /// The next entry of the innermost directory that has one, with its path; nil at the end.
    private static func next(
        _ directories: inout [OpenDirectory]
    ) throws(FATError) -> (path: ByteString, found: DirectoryListing.Found)? {
        while let last = directories.indices.last {
            let directory = directories[last]
            guard directory.index < directory.entries.count else {
                directories.removeLast()
                continue
            }
            directories[last].index += 1
            let found = directory.entries[directory.index]
            let prefix = directory.path.isEmpty ? [] : directory.path.bytes + [0x2F]
            let path = ByteString(prefix + found.name)
            if path.count > pathLimit { throw .pathTooLong(path: path) }
            return (path, found)
        }
        return nil
    }

    public func contents(of file: Handle) throws(FATError) -> any ByteSource {
        ExtentSource(bytes: bytes, extents: file.extents, left: file.size)
    }

    /// The label in the root directory, else the one in the boot sector, without the spaces at its end; nil for none.
    public func label() throws(FATError) -> ByteString? {
        var chains = ClusterChains(bootSector, bytes)
        let root = try directory(chains.root(), path: ByteString(), isRoot: true, &chains)
        let label = root.label ?? bootSector.label
        if label == BootSector.noLabel { return nil }
        let text = label.bytes.prefix((label.bytes.lastIndex { $0 != 0x20 } ?? -1) + 1)
        return text.isEmpty ? nil : ByteString(text)
    }

    /// Reads a directory whose bytes lie in `extents`.
    private func directory(
        _ extents: [Range<UInt64>], path: ByteString, isRoot: Bool, _ chains: inout ClusterChains
    ) throws(FATError) -> DirectoryListing {
        var contents: [UInt8] = []
        for extent in extents {
            let length = Int(extent.upperBound - extent.lowerBound)
            do throws(StreamError) {
                contents += try bytes.bytes(at: extent.lowerBound, length: length, of: "a FAT directory")
            } catch { throw .stream(error) }
        }
        return try DirectoryListing(
            contents, extents: extents, path: path, isRoot: isRoot, type: bootSector.type)
    }
}

extension DirectoryEntry {
    /// What Linux shows of a file by default: all may read, root may write what is not read-only.
    fileprivate var metadata: FileMetadata {
        FileMetadata(
            permissions: attributes.contains(.readOnly) ? 0o555 : 0o755, modified: modified.timestamp)
    }
}

/// The bytes of a file, run by run.
private struct ExtentSource: ByteSource {
    let bytes: any RandomAccessBytes
    let extents: [Range<UInt64>]
    var left: UInt64
    var index = 0
    var position: UInt64 = 0

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard !buffer.isEmpty, left > 0, index < extents.count else { return 0 }
        let extent = extents[index]
        let start = extent.lowerBound + position
        let wanted = Int(min(UInt64(buffer.count), min(left, extent.upperBound - start)))
        let count = try bytes.read(
            at: start, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        if count == 0 { throw .unexpectedEnd(of: "a FAT volume", offset: start) }
        left -= UInt64(count)
        position += UInt64(count)
        if start + UInt64(count) == extent.upperBound {
            index += 1
            position = 0
        }
        return count
    }
}
