import Bytes
import FileTree
import Host
import Tar
import TestSupport
import Testing

@Suite struct TarSparseTests {
    /// Islands in zeros.
    private struct Disk: SparseBytes {
        let count: UInt64
        var islands: [(offset: UInt64, length: UInt64)] = []

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
            let length = Int(min(UInt64(buffer.count), count - min(offset, count)))
            buffer.clear(0..<length)
            for island in islands {
                let lower = max(offset, island.offset)
                let upper = min(offset + UInt64(length), island.offset + island.length)
                if lower >= upper { continue }
                for position in lower..<upper {
                    buffer[Int(position - offset)] = UInt8(truncatingIfNeeded: position) | 1
                }
            }
            return length
        }

        func nextData(at offset: UInt64) -> Range<UInt64>? {
            for island in islands where island.offset + island.length > offset {
                return max(offset, island.offset)..<island.offset + island.length
            }
            return nil
        }
    }

    private static let disks: [Disk] = [
        // No hole, holes everywhere, nothing but a hole, a hole that is too short, more pieces than a header holds,
        // more than a block after it holds, pieces that are no whole blocks, a size that is none.
        Disk(count: 5120, islands: [(0, 5120)]),
        Disk(count: 1 << 20, islands: [(200_000, 1000), (700_000, 3)]),
        Disk(count: 1 << 20),
        Disk(count: 100_000, islands: [(0, 1000), (50_000, 50_000)]),
        Disk(count: 2 << 20, islands: (0..<8).map { ($0 << 18, 700) }),
        Disk(count: 8 << 20, islands: (0..<64).map { ($0 << 17, 600) }),
        Disk(count: 100_001, islands: [(0, 1), (100_000, 1)]),
        Disk(count: 0),
    ]

    private static var header: TarHeader {
        var header = TarHeader(name: "disk.raw", typeFlag: .regular)
        header.mode = 0o644
        header.modified = Timestamp(seconds: 1_492_533_000)
        return header
    }

    private static func archive(_ disk: Disk, _ header: TarHeader = header) throws -> [UInt8] {
        var writer = TarWriter(ByteArraySink())
        try writer.writeSparse(header, disk)
        return try writer.finish().bytes
    }

    @Test("GNU tar lists and unpacks the file, equal and with its holes", .enabled(if: Tool.available("tar")))
    func gnuTar() throws {
        for (index, disk) in Self.disks.enumerated() {
            let directory = try TemporaryDirectory()
            try directory.write("disk.tar", Self.archive(disk))
            let listing = try Tool.run(
                "tar", ["-tvf", "disk.tar", "--utc", "--full-time", "--numeric-owner"], in: directory.path)
            let fields = String(decoding: listing.output, as: UTF8.self)
                .split(separator: " ", omittingEmptySubsequences: true)
            let expected = ["-rw-r--r--", "0/0", "\(disk.count)", "2017-04-18", "16:30:00", "disk.raw\n"]
            #expect(fields.map(String.init) == expected, "disk \(index)")
            try Tool.run("tar", ["-xSf", "disk.tar"], in: directory.path)
            let bytes = try disk.bytes(at: 0, length: Int(disk.count), of: "disk")
            #expect(try directory.read("disk.raw") == bytes, "disk \(index)")
        }
    }

    @Test("bsdtar unpacks the file", .enabled(if: Tool.available("bsdtar"), "bsdtar is not installed"))
    func bsdtar() throws {
        for (index, disk) in Self.disks.enumerated() {
            let directory = try TemporaryDirectory()
            try directory.write("disk.tar", Self.archive(disk))
            try Tool.run("bsdtar", ["-xf", "disk.tar"], in: directory.path)
            let bytes = try disk.bytes(at: 0, length: Int(disk.count), of: "disk")
            #expect(try directory.read("disk.raw") == bytes, "disk \(index)")
        }
    }

    @Test(
        "Archives beyond eight gibibytes unpack to files of few blocks",
        .enabled(if: Tool.available("tar", "du"), "tar or du is not installed"))
    func large() throws {
        let disk = Disk(count: 20 << 30, islands: [(0, 4096), (9 << 30, 4096)])
        let directory = try TemporaryDirectory()
        var writer = TarWriter(try AtomicFile(path: "\(directory.path)/disk.tar"))
        try writer.writeSparse(Self.header, disk)
        try writer.finish().commit()
        try Tool.run("tar", ["-xSf", "disk.tar"], in: directory.path)
        let sizes = try Tool.run("du", ["--apparent-size", "--block-size=1", "disk.raw"], in: directory.path)
        #expect(String(decoding: sizes.output, as: UTF8.self).hasPrefix("\(20 << 30)\t"))
        let blocks = try Tool.run("du", ["--block-size=1", "disk.raw"], in: directory.path)
        let used = String(decoding: blocks.output, as: UTF8.self).prefix { $0 != "\t" }
        #expect((Int(used) ?? .max) < 1 << 20, "\(used)")
    }

    @Test("Our reader gives the map back where sparse files are asked for, and refuses them elsewhere")
    func roundTrip() throws {
        for (index, disk) in Self.disks.enumerated() {
            let bytes = try Self.archive(disk)
            var reader = TarReader(ByteArraySource(bytes), acceptsSparse: true)
            let member = try #require(try reader.next())
            #expect(member.header.size == disk.count)
            #expect(member.header.typeFlag == .regular)
            var file = [UInt8](repeating: 0, count: Int(disk.count))
            for piece in member.sparseMap ?? [0..<disk.count] where !piece.isEmpty {
                let range = Int(piece.lowerBound)..<Int(piece.upperBound)
                try file.withUnsafeMutableBytes { file in
                    var filled = range.lowerBound
                    while filled < range.upperBound {
                        let target = UnsafeMutableRawBufferPointer(
                            rebasing: file[filled..<range.upperBound])
                        let count = try reader.readData(into: target)
                        if count == 0 { break }
                        filled += count
                    }
                }
            }
            #expect(try file == disk.bytes(at: 0, length: Int(disk.count), of: "disk"), "disk \(index)")
            #expect(try reader.next() == nil)
            if member.sparseMap != nil {
                #expect(throws: TarError.sparseFile(entry: "disk.raw", offset: 0)) {
                    try RawTar.headers(bytes)
                }
            }
        }
    }

    @Test("Maps that overlap, reach beyond the file, or hold other than the header's size are refused")
    func hostile() throws {
        let good = try Self.archive(Self.disks[1])
        func read(_ change: (inout [UInt8]) -> Void) -> TarError? {
            var bytes = good
            change(&bytes)
            // The checksum is made right again, so that the map is what is judged.
            bytes.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
            let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
            bytes.replaceSubrange(148..<155, with: RawTar.octal(sum, 7))
            do throws(TarError) {
                var reader = TarReader(ByteArraySource(bytes), acceptsSparse: true)
                while try reader.next() != nil {}
                return nil
            } catch { return error }
        }
        #expect(read { _ in } == nil)
        let invalid = TarError.invalidField(field: "sparse map", entry: "disk.raw", offset: 0)
        let first = 386, second = 410
        #expect(read { $0.replaceSubrange(second..<second + 12, with: $0[first..<first + 12]) } == invalid)
        #expect(read { $0.replaceSubrange(483..<495, with: RawTar.octal(4096, 12)) } == invalid)
        #expect(read { $0.replaceSubrange(124..<136, with: RawTar.octal(512, 12)) } == invalid)
        #expect(read { $0[first] = 0x39 } == invalid)
        #expect(read { $0.replaceSubrange(first..<first + 12, with: [0xFF] + $0[0..<11]) } == invalid)
        let huge: [UInt8] = [0x80, 0, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7)
        #expect(read { $0.replaceSubrange(first..<first + 12, with: huge) } == invalid)
        #expect(read { $0.replaceSubrange(first + 12..<first + 24, with: huge) } == invalid)
        #expect(read { $0[482] = 1 } != nil)
        #expect(read { $0.replaceSubrange(257..<265, with: Array("ustar\u{0}00".utf8)) } == invalid)
        let long = try Self.archive(Self.disks[5])
        for length in Array(1..<1600) + stride(from: 1600, to: long.count - 1024, by: 2047) {
            var reader = TarReader(ByteArraySource(Array(long.prefix(length))), acceptsSparse: true)
            #expect(throws: TarError.self, "\(length)") { while try reader.next() != nil {} }
        }
    }

    @Test("What the old header cannot hold is refused by name")
    func unrepresentable() {
        func error(_ change: (inout TarHeader) -> Void) -> TarError? {
            var header = Self.header
            change(&header)
            do {
                _ = try Self.archive(Self.disks[1], header)
                return nil
            } catch { return error as? TarError }
        }
        let long = ByteString(String(repeating: "n", count: 101))
        #expect(error { $0.name = long } == .unrepresentable(field: "name", entry: long))
        #expect(error { $0.modified.nanoseconds = 1 } == .unrepresentable(field: "mtime", entry: "disk.raw"))
        #expect(
            error { $0.records = [PaxRecord(key: "a", value: "b")] }
                == .unrepresentable(field: "records", entry: "disk.raw"))
    }

    @Test("The archives' bytes are frozen; GNU tar and bsdtar judge the same ones")
    func golden() throws {
        let archives = try Self.disks.enumerated().map { ("disk \($0.offset)", try Self.archive($0.element)) }
        try GoldenDigests.check("tar-sparse", archives)
    }
}
