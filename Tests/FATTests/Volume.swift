import Bytes
import Digests
import FAT
import FileTree
import Foundation
import Testing

enum Volume {
    struct Store: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }

    static let time = Timestamp(seconds: 1_500_000_001, nanoseconds: 5)

    static func options(
        _ size: FATOptions.Size = .fitting(minimum: 0), type: FATType? = nil, cluster: UInt64? = nil
    ) -> FATOptions {
        FATOptions(label: "EFI BOOT", stamp: BuildStamp(), size: size, type: type, clusterSize: cluster)
    }

    static func file(_ path: ByteString, _ contents: [UInt8]) -> FATFile {
        FATFile(path: path, contents: ExtentMap(.bytes(ByteString(contents))), modified: time)
    }

    static func bytes(_ volume: FATVolume) throws(StreamError) -> [UInt8] {
        var sink = ByteArraySink()
        try volume.extents.write(to: &sink, from: Store())
        return sink.bytes
    }

    static func pattern(_ count: Int, _ seed: Int = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 + seed) &* 31 >> 3) }
    }

    /// Names of all sorts; contents of none, some and many bytes.
    static let samples: [FATFile] = [
        file("EFI/BOOT/BOOTX64.EFI", pattern(70_001)),
        file("initrd.img", pattern(9_000, 1)),
        file("empty", []),
        file("README.TXT", pattern(1)),
        file("Mixed Case Name.text", pattern(2048)),
        file("a.b.c.d", pattern(2049)),
        file(".hidden", pattern(3)),
        file("grüße-日本語.txt", pattern(4)),
        file("sub/dir/with a long name that takes several entries/file one.conf", pattern(5)),
        file("sub/dir/with a long name that takes several entries/file two.conf", pattern(6)),
        file("sub/dir/file", pattern(7)),
        file(ByteString(String(repeating: "n", count: 255)), pattern(8)),
    ]

    static func paths(_ volume: FATVolume) throws(FATError) -> [ByteString] {
        var paths: [ByteString] = []
        try FATReader(volume.extents.access(from: Store())).walk { file, _ in paths.append(file.path) }
        return paths
    }

    static func read(_ bytes: [UInt8]) throws(FATError) -> [(FoundFile, [UInt8])] {
        let reader = try FATReader(ByteArrayAccess(bytes))
        var files: [(FoundFile, [UInt8])] = []
        try reader.walk { (file, handle) throws(FATError) in
            var contents: [UInt8] = []
            do throws(StreamError) {
                var source = try reader.content(handle)
                if file.kind == .regular { contents = try source.readAll(limit: 64 << 20, of: "file") }
            } catch { throw .stream(error) }
            files.append((file, contents))
        }
        return files
    }
}

extension FATReader {
    fileprivate func content(_ handle: Handle) throws(StreamError) -> any ByteSource {
        do throws(FATError) { return try contents(of: handle) } catch {
            throw .corrupt(what: "\(error)", offset: 0, reason: "")
        }
    }
}

extension Volume {
    /// Writes the volume with its holes.
    static func write(_ volume: FATVolume, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        for extent in volume.extents.extents {
            guard case .bytes(let bytes) = extent.source else { continue }
            fseek(file, Int(extent.offset), SEEK_SET)
            #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        }
        fflush(file)
        #expect(truncate(path, Int(volume.extents.count)) == 0)
    }
}
