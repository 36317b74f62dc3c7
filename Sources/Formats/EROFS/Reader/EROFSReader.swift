public import Bytes
public import FileTree

/// Reads an EROFS image: plain, inline and chunk-based data, not compressed ones.
///
/// Images may be hostile. `init` checks the superblock, its checksum and that the image has all its blocks; `walk`
/// throws at the first byte that contradicts the format. It reads no more than a few times the image's
/// bytes: directories together take no more than the image has, no directory is met twice, and attributes are read
/// once a file. `contents` reads only what a file has, which `walk` has found to be inside the image;
/// but many files may name the same blocks, and holes take none, so who reads all of a strange image should
/// count. All there is in some bytes: `EROFSReader(ByteArrayAccess(bytes))`, `walk`, and `contents` of each file.
public struct EROFSReader: FileSystemReader, Sendable {
    /// A path longer than this, in bytes, is refused: four times what Linux takes in one call.
    public static let pathLimit = 16 << 10

    /// A file of the image.
    public struct File: Sendable {
        let node: Node
    }

    public let superblock: EROFSSuperblock
    let image: any RandomAccessBytes

    public init(_ image: any RandomAccessBytes) throws(EROFSError) {
        self.image = image
        let start = EROFSSuperblock.offset
        let head = try image.bytes(UInt64(start), EROFSSuperblock.size, of: "the superblock")
        superblock = try EROFSSuperblock(parsing: head)
        try superblock.checkSupported()
        let size = UInt64(superblock.blocks) * superblock.blockSize
        guard size <= image.count else {
            throw .truncated(what: "the file system", end: size, size: image.count)
        }
        if superblock.compatibleFeatures & EROFSSuperblock.Compatible.checksum != 0 {
            let checked = try image.bytes(UInt64(start), superblock.checkedLength, of: "the first block")
            let found = EROFSSuperblock.checksum(of: checked)
            guard found == superblock.checksum else {
                throw .badChecksum(expected: superblock.checksum, found: found)
            }
        }
    }

    public func walk(_ body: (FoundFile, File) throws(EROFSError) -> Void) throws(EROFSError) {
        var walk = ImageWalk(reader: self)
        try walk.run(body)
    }

    public func contents(of file: File) throws(EROFSError) -> any ByteSource {
        guard FileType(mode: file.node.inode.mode) == .regular else { return ByteArraySource([]) }
        return try source(of: file.node)
    }
}

extension EROFSSuperblock {
    fileprivate func checkSupported() throws(EROFSError) {
        let base = UInt64(Self.offset)
        guard (9...16).contains(blockBits) else {
            throw .corrupt(what: "the superblock", offset: base + 12, reason: "2^\(blockBits) bytes a block")
        }
        let unknown = incompatibleFeatures & ~Incompatible.known
        if unknown != 0 {
            throw .unsupported(feature: "feature 0x" + String(unknown, radix: 16), offset: base + 80)
        }
        if extraDevices > 0 { throw .unsupported(feature: "further devices", offset: base + 86) }
        if directoryBlockBits > 0 { throw .unsupported(feature: "directory blocks", offset: base + 90) }
    }
}

extension RandomAccessBytes {
    /// `length` bytes from `offset` on, which must be there.
    func bytes(_ offset: UInt64, _ length: Int, of what: String) throws(EROFSError) -> [UInt8] {
        let (end, overflow) = offset.addingReportingOverflow(UInt64(length))
        guard !overflow, end <= count else { throw .truncated(what: what, end: end, size: count) }
        do throws(StreamError) { return try bytes(at: offset, length: length, of: what) } catch {
            throw .stream(error)
        }
    }
}
