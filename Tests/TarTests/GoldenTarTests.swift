import Bytes
import FileTree
import Foundation
import Host
import Tar
import TestSupport
import Testing

/// LinuxKit's own archives, read by our reader and written back by our writer.
@Suite struct GoldenTarTests {
    private static func unpack(_ archive: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try Tool.run("tar", ["-I", "zstd -d --long=27", "-xf", archive, "-C", directory.path])
        return directory
    }

    @Test(
        "Every golden archive is written back byte for byte",
        .enabled(
            if: Conformance.isPresent && Tool.available("tar", "zstd"), "conformance directory is absent"),
        arguments: ["golden.tar.zst", "edge/golden.tar.zst"])
    func writesBack(_ archive: String) throws {
        let directory = try Self.unpack("\(Conformance.directory)/\(archive)")
        var members = 0
        for name in try directory.list() {
            let bytes = try directory.read(name)
            guard bytes.count > 1024, bytes[257..<262].elementsEqual("ustar".utf8) else { continue }
            members += try Self.check(name, bytes, dropping: [])
            // The records that the writer must find the need for by itself.
            members += try Self.check(
                name, bytes, dropping: ["path", "linkpath", "size", "mtime", "atime", "ctime"])
        }
        #expect(members > 100, "no members in \(archive)")
    }

    /// Writes every member of `archive` again and compares on the way.
    private static func check(_ name: String, _ archive: [UInt8], dropping keys: [ByteString]) throws -> Int {
        var reader = TarReader(ByteArraySource(archive))
        var writer = TarWriter(ComparingSink(expected: archive))
        var count = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while let member = try reader.next() {
            var header = member.header
            let format: TarFormat = header.records.isEmpty ? .automatic : .pax
            header.records.removeAll { keys.contains($0.key) }
            #expect(throws: Never.self, "\(name), offset \(member.headerOffset): \(header)") {
                try writer.begin(header, format: format)
            }
            while case let length = try reader.readData(into: buffer), length > 0 {
                try writer.writeData(UnsafeRawBufferPointer(rebasing: buffer[..<length]))
            }
            count += 1
        }
        let sink = try writer.finish()
        #expect(sink.count == archive.count, "\(name)")
        return count
    }
}

/// Fails at the first byte that is not the expected one.
struct ComparingSink: ByteSink {
    let expected: [UInt8]
    private(set) var count = 0

    init(expected: [UInt8]) { self.expected = expected }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        let start = count
        let mismatch = expected.withUnsafeBytes { all -> Int? in
            let rest = UnsafeRawBufferPointer(rebasing: all[min(start, all.count)...].prefix(bytes.count))
            guard let left = rest.baseAddress, let right = bytes.baseAddress else {
                return bytes.isEmpty ? nil : 0
            }
            if rest.count == bytes.count, memcmp(left, right, bytes.count) == 0 { return nil }
            return zip(rest, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? rest.count
        }
        if let mismatch {
            throw .corrupt(
                what: "output", offset: UInt64(start + mismatch), reason: "differs from the golden")
        }
        count += bytes.count
    }
}
