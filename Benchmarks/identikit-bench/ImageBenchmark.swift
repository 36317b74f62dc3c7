import Bytes
import Digests
import FAT
import FileTree
import Glibc
import Host
import QCOW2
import VHD
import VMDK

/// Writes one format from a file to a file, like a tool for that format.
enum ImageBenchmark {
    /// `fat FILE OUTPUT`: an EFI system partition with the file as the program that firmware starts.
    static func fat(file: String, output: String) throws {
        let source = try ReadableFile(path: file)
        // The digest is the name's: nothing here compares digests.
        let digest = SHA256Digest(hashing: Array(file.utf8))
        var contents = ExtentMap()
        contents.append(.blob(digest: digest, offset: 0, length: source.count, contentDigest: digest))
        let stamp = BuildStamp()
        let volume = try FATVolume(
            files: [FATFile(path: "EFI/BOOT/BOOTX64.EFI", contents: contents, modified: stamp.time)],
            options: FATOptions(stamp: stamp))
        var sink = BufferedSink(try AtomicFile(path: output))
        try volume.extents.write(to: &sink, from: OneBlob(file: source))
        try sink.finish().commit()
    }

    /// `disk FORMAT FILE OUTPUT JOBS`: a raw disk as qcow2, vhd, dynamic-vhd or vmdk.
    static func disk(format: String, file: String, output: String, jobs: Int) throws {
        let disk = try RawDisk(path: file)
        let identity = SHA256Digest(hashing: Array(file.utf8))
        let stamp = BuildStamp()
        let sink = try AtomicFile(path: output)
        switch format {
        case "qcow2": try QCOW2.write(disk, to: sink).commit()
        case "vhd": try VHD.writeFixed(disk, identity: identity, stamp: stamp, to: sink).commit()
        case "dynamic-vhd": try VHD.writeDynamic(disk, identity: identity, stamp: stamp, to: sink).commit()
        case "vmdk": try VMDK.write(disk, identity: identity, stamp: stamp, jobs: jobs, to: sink).commit()
        default: throw UnknownFormat(name: format)
        }
    }

    private struct UnknownFormat: Error { let name: String }

    private struct OneBlob: BlobStore {
        let file: ReadableFile
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { file }
    }
}

/// A file with holes.
private final class RawDisk: SparseBytes {
    private let file: ReadableFile
    private let descriptor: Int32

    init(path: String) throws {
        file = try ReadableFile(path: path)
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    var count: UInt64 { file.count }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        try file.read(at: offset, into: buffer)
    }

    func nextData(at offset: UInt64) -> Range<UInt64>? {
        // linux/fs.h: SEEK_DATA is 3, SEEK_HOLE 4.
        let start = lseek(descriptor, off_t(offset), 3)
        guard start >= 0 else { return nil }
        let end = lseek(descriptor, start, 4)
        return UInt64(start)..<(end > start ? UInt64(end) : count)
    }
}
