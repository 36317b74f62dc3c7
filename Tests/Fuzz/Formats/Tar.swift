import Bytes
import FileTree
import Tar

extension FuzzFormat {
    /// Headers of every dialect, with right checksums.
    static let tar = FuzzFormat(
        name: "tar",
        seeds: {
            [
                try TarSeeds.pax(), TarSeeds.old("ustar  \0"), TarSeeds.old("\0\0\0\0\0\0\0\0"),
                TarSeeds.old("ustar\u{0}00", isStar: true), try TarSeeds.sparse(), TarSeeds.paxSparse(),
            ]
        },
        read: { specimen in
            var budget = ReadingBudget()
            defer { budget.free() }
            var reader = TarReader(RangeSource(specimen), acceptsSparse: true)
            var last: UInt64 = 0
            while let member = try reader.next() {
                guard member.headerOffset >= last, member.dataOffset > member.headerOffset else {
                    throw BrokenPromise("a header at \(member.headerOffset) after one at \(last)")
                }
                last = member.dataOffset
                if let map = member.sparseMap { try TarSeeds.check(map, of: member) }
                var data = MemberData(reader: reader)
                let count = try budget.drain(&data)
                if let error = data.error { throw error }
                if let count, count != member.dataLength {
                    throw BrokenPromise("\(count) bytes of \(member.dataLength)")
                }
                reader = data.reader
            }
            _ = try reader.drain()
        }, repair: TarSeeds.repair)
}

/// The contents of a reader's current member as a source.
private struct MemberData: ByteSource {
    var reader: TarReader<RangeSource>
    var error: TarError?

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        do throws(TarError) { return try reader.readData(into: buffer) } catch {
            self.error = error
            return 0
        }
    }
}

private enum TarSeeds {
    static func pax() throws -> Specimen {
        var writer = TarWriter(ByteArraySink())
        let long = ByteString([UInt8](repeating: 0x6C, count: 300))
        for (name, flag) in [
            ("dir/", TarTypeFlag.directory), ("dir/file", .regular), ("link", .symbolicLink),
            ("hard", .hardLink), ("null", .characterDevice), ("fifo", .fifo),
        ] {
            var header = TarHeader(name: ByteString(name), typeFlag: flag)
            header.mode = 0o755
            header.modified = Timestamp(seconds: 1_500_000_000, nanoseconds: 250_000_000)
            if flag == .symbolicLink { header.linkName = long }
            if flag == .hardLink { header.linkName = "dir/file" }
            if flag == .characterDevice { (header.deviceMajor, header.deviceMinor) = (1, 3) }
            if flag == .regular {
                header.size = 700
                header.uid = 1 << 40
                header.records = [PaxRecord(key: "SCHILY.xattr.user.a", value: "b")]
            }
            try writer.begin(header)
            if flag == .regular { try writer.writeData(SampleTree.words(700)) }
        }
        return Specimen(try writer.finish().bytes)
    }

    /// A member of more pieces than its header has room for.
    static func sparse() throws -> Specimen {
        var disk = [UInt8](repeating: 0, count: 3 << 20)
        for piece in 0..<30 { disk.store(SampleTree.words(100), at: piece * 100_000) }
        let contents = try Specimen(sparse: ByteArrayAccess(disk))
        var writer = TarWriter(ByteArraySink())
        var header = TarHeader(name: "disk.raw", typeFlag: .regular)
        header.mode = 0o644
        try writer.writeSparse(header, contents)
        return Specimen(try writer.finish().bytes)
    }

    /// Sparse files of the versions for PAX archives: the map in repeated records, in one, before the data.
    static func paxSparse() -> Specimen {
        let magic = "ustar\u{0}00"
        func records(_ all: [(String, String)]) -> [UInt8] {
            all.flatMap { key, value in
                let rest = " GNU.sparse.\(key)=\(value)\n"
                let length = rest.utf8.count + 2
                return Array("\(length)\(rest)".utf8)
            }
        }
        var bytes = member(
            "a", "x", magic,
            records([
                ("size", "9000"), ("numblocks", "2"), ("offset", "0"), ("numbytes", "100"),
                ("offset", "8000"),
                ("numbytes", "50"),
            ]))
        bytes += member("0.0", "0", magic, SampleTree.words(150))
        bytes += member(
            "b", "x", magic, records([("size", "9000"), ("name", "long"), ("map", "0,100,8000,50,9000,0")]))
        bytes += member("0.1", "0", magic, SampleTree.words(150))
        bytes += member(
            "c", "x", magic, records([("major", "1"), ("minor", "0"), ("name", "it"), ("realsize", "99999")]))
        var map = Array("3\n512\n100\n8000\n412\n99999\n0\n".utf8)
        map += [UInt8](repeating: 0, count: 512 - map.count)
        bytes += member("1.0", "0", magic, map + SampleTree.words(512))
        return Specimen(bytes + [UInt8](repeating: 0, count: 1024))
    }

    static func check(
        _ map: [Range<UInt64>], of member: TarReader<RangeSource>.Member
    ) throws {
        var (end, stored): (UInt64, UInt64) = (0, 0)
        for piece in map {
            guard piece.lowerBound >= end, piece.upperBound <= member.header.size else {
                throw BrokenPromise("a piece at \(piece) after \(end), of \(member.header.size) bytes")
            }
            end = piece.upperBound
            stored += UInt64(piece.count)
        }
        guard stored == member.dataLength else { throw BrokenPromise("pieces of \(stored) bytes") }
    }

    /// An archive by hand: GNU's long names, numbers in base 256, the oldest form, or star's, by the magic.
    static func old(_ magic: String, isStar: Bool = false) -> Specimen {
        var bytes: [UInt8] = []
        if magic == "ustar  \0" {
            bytes += member("././@LongLink", "L", magic, SampleTree.words(150))
            bytes += member("././@LongLink", "K", magic, SampleTree.words(170))
        }
        bytes += member("name", "2", magic, [])
        bytes += member("file", "0", magic, SampleTree.words(513))
        bytes += member("folder/", "\0", magic, [])
        if isStar {
            for start in [0, 512] {
                bytes.store(Array("00000001234\0".utf8), at: start + 476)
                bytes.store(Array("tar\0".utf8), at: start + 508)
                sum(&bytes, at: start)
            }
        }
        return Specimen(bytes + [UInt8](repeating: 0, count: 1024))
    }

    private static func member(
        _ name: String, _ flag: Character, _ magic: String, _ data: [UInt8]
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        block.store(Array(name.utf8), at: 0)
        block.store(Array("0000644\0".utf8), at: 100)
        block.store([0x80, 0, 0, 0, 1, 2, 3, 4], at: 108)
        let size = String(data.count, radix: 8)
        block.store(Array((String(repeating: "0", count: 11 - size.count) + size + "\0").utf8), at: 124)
        block.store(Array("00000001234\0".utf8), at: 136)
        block[156] = flag.asciiValue ?? 0
        block.store(Array(magic.utf8), at: 257)
        sum(&block, at: 0)
        return block + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }

    private static func sum(_ bytes: inout [UInt8], at start: Int) {
        for index in start + 148..<start + 156 { bytes[index] = 0x20 }
        let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let text = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "\0"
        bytes.store(Array(text.utf8.prefix(7)), at: start + 148)
    }

    /// Sums the blocks that still have a sum or a magic, whatever they were.
    @Sendable static func repair(_ specimen: inout Specimen) {
        for start in stride(from: 0, to: specimen.bytes.count - 511, by: 512) {
            let bytes = specimen.bytes
            let isHeader =
                bytes[start + 257..<start + 262].elementsEqual("ustar".utf8)
                || (bytes[start + 154] == 0 && bytes[start + 155] == 0x20 && bytes[start + 148] == 0x30)
            if isHeader { sum(&specimen.bytes, at: start) }
        }
    }
}
