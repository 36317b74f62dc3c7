internal import Bytes
internal import Cpio
internal import Decompression
internal import EROFS
internal import FileTree
internal import Host
internal import ISO9660
internal import SquashFS
internal import Tar

/// Looks for the bill of materials at the root of what an output holds: a tar archive, an initrd, or a file system on
/// squashfs, EROFS or ISO 9660. Disks with partitions are not looked into.
public enum SBOMFinder {
    private static let name: ByteString = "sbom.spdx.json"
    /// Bytes; those of large images take some tens of MiB.
    private static let limit = 256 << 20

    /// The first document that one of the files at `paths` holds; nil if none does.
    public static func find(in paths: [String]) throws -> [UInt8]? {
        for path in paths {
            let file = try ReadableFile(path: path)
            // What cannot be read as what it looks like has nothing to offer.
            if let found = try? find(in: file), !found.isEmpty { return found }
        }
        return nil
    }

    private static func find(in file: ReadableFile) throws -> [UInt8]? {
        func has(_ magic: [UInt8], at offset: UInt64) throws -> Bool {
            guard file.count >= offset + UInt64(magic.count) else { return false }
            return try file.bytes(at: offset, length: magic.count, of: file.path) == magic
        }
        if try has(Array("ustar".utf8), at: 257) { return try inTar(file) }
        if try has(Array("07070".utf8), at: 0) || has([0x1F, 0x8B], at: 0) { return try inInitrd(file) }
        if try has(Array("hsqs".utf8), at: 0) { return try inFileSystem(try SquashFSReader(file)) }
        if try has([0xE2, 0xE1, 0xF5, 0xE0], at: 1024) { return try inFileSystem(try EROFSReader(file)) }
        if try has(Array("CD001".utf8), at: 32769) { return try inFileSystem(try ISO9660Reader(file)) }
        return nil
    }

    private static func inTar(_ file: ReadableFile) throws -> [UInt8]? {
        var reader = TarReader(RangeSource(file), acceptsSparse: true)
        var found: [UInt8]?
        while let member = try reader.next() {
            guard member.header.name == name, member.sparseMap == nil, member.dataLength <= UInt64(limit)
            else { continue }
            found = try file.bytes(
                at: member.dataOffset, length: Int(member.dataLength), of: file.path)
        }
        return found
    }

    /// Microcode comes first, uncompressed, with NULs after it; then the compressed archive.
    private static func inInitrd(_ file: ReadableFile) throws -> [UInt8]? {
        var start: UInt64 = 0
        if try file.bytes(at: 0, length: 5, of: file.path) == Array("07070".utf8) {
            var microcode = CpioReader(RangeSource(file))
            while try microcode.next() != nil {}
            start = microcode.offset
            while start < file.count, try file.bytes(at: start, length: 1, of: file.path) == [0] {
                start += 1
            }
        }
        let source = try Decompressor.source(
            over: RangeSource(file, offset: start), compression: .gzip)
        return try inArchive(source)
    }

    private static func inArchive<Source: ByteSource>(_ source: Source) throws -> [UInt8]? {
        var reader = CpioReader(source)
        var found: [UInt8]?
        while let member = try reader.next() {
            if member.header.name == name { found = try reader.readData(limit: limit) }
        }
        return found
    }

    private static func inFileSystem<Reader: FileSystemReader>(_ reader: Reader) throws -> [UInt8]? {
        var handle: Reader.Handle?
        try reader.walk { found, file throws(Reader.Failure) in
            if found.path == name, found.kind == .regular { handle = file }
        }
        guard let handle else { return nil }
        var source = try reader.contents(of: handle)
        return try source.readAll(limit: limit, of: name.text)
    }
}
