import Bytes
import FileTree
import Testing

@testable import FAT

/// Volumes that somebody damaged, by chance or on purpose.
@Suite struct HostileVolumeTests {
    private static func volume(_ type: FATType = .fat12) throws -> [UInt8] {
        let files = [
            Volume.file("one", Volume.pattern(3000)), Volume.file("two", Volume.pattern(5000)),
            Volume.file("a long directory name/three", Volume.pattern(100)),
        ]
        return try Volume.bytes(
            FATVolume(files: files, options: Volume.options(type: type, cluster: 512)))
    }

    private static func failure(_ bytes: [UInt8]) -> FATError? {
        do throws(FATError) {
            _ = try Volume.read(bytes)
            return nil
        } catch { return error }
    }

    @Test("A volume cut at any byte is refused")
    func truncated() throws {
        let bytes = try Self.volume()
        let size = UInt64(bytes.count)
        for count in 0..<512 {
            #expect(Self.failure(Array(bytes[..<count])) == .truncated(size: 512, available: UInt64(count)))
        }
        for count in stride(from: 512, to: bytes.count, by: 97) {
            #expect(Self.failure(Array(bytes[..<count])) == .truncated(size: size, available: UInt64(count)))
        }
    }

    @Test("Absurd parameters are refused by name")
    func parameters() throws {
        let bytes = try Self.volume()
        func failure(_ offset: Int, _ values: [UInt8]) -> FATError? {
            var damaged = bytes
            damaged.store(values, at: offset)
            return Self.failure(damaged)
        }
        #expect(failure(11, [0, 0]) == .invalidField(field: "BPB_BytsPerSec", value: 0))
        #expect(failure(11, [1, 2]) == .invalidField(field: "BPB_BytsPerSec", value: 513))
        #expect(failure(13, [0]) == .invalidField(field: "BPB_SecPerClus", value: 0))
        #expect(failure(13, [3]) == .invalidField(field: "BPB_SecPerClus", value: 3))
        #expect(failure(14, [0, 0]) == .invalidField(field: "BPB_RsvdSecCnt", value: 0))
        #expect(failure(16, [0]) == .invalidField(field: "BPB_NumFATs", value: 0))
        #expect(failure(16, [255]) == .invalidField(field: "BPB_TotSec", value: UInt64(bytes.count / 512)))
        #expect(failure(17, [0, 0]) == .invalidField(field: "BPB_RootEntCnt", value: 0))
        #expect(failure(17, [0xFF, 0xFF]) != nil)
        #expect(failure(22, [0, 0]) != nil)
        #expect(failure(22, [0xFF, 0xFF]) != nil)
        #expect(failure(510, [0]) == .invalidField(field: "signature", value: 0xAA00))
        #expect(failure(19, [0xFF, 0xFF]) != nil)
    }

    @Test("A chain that loops, crosses another one, leaves the volume or ends early is named")
    func chains() throws {
        let bytes = try Self.volume(.fat16)
        let reader = try FATReader(ByteArrayAccess(bytes))
        let fat = Int(reader.bootSector.fatOffset)
        var starts: [ByteString: Int] = [:]
        try reader.walk { file, handle in
            guard let first = handle.extents.first else { return }
            starts[file.path] =
                Int((first.lowerBound - reader.bootSector.dataOffset) / reader.bootSector.clusterSize) + 2
        }
        let (one, two) = (try #require(starts["one"]), try #require(starts["two"]))
        func failure(_ cluster: Int, _ value: Int) -> FATError? {
            var damaged = bytes
            damaged.store(little: UInt16(value), at: fat + cluster * 2)
            return Self.failure(damaged)
        }
        let entry = UInt64(fat + one * 2)
        #expect(failure(one, one) == .crossLinked(path: "one", cluster: UInt32(one), offset: entry))
        #expect(
            failure(one, two + 1)
                == .crossLinked(path: "two", cluster: UInt32(two + 1), offset: UInt64(fat + two * 2)))
        #expect(failure(one, 0) == .badCluster(path: "one", cluster: 0, offset: entry))
        #expect(failure(one, 0xFFF7) == .badCluster(path: "one", cluster: 0xFFF7, offset: entry))
        #expect(failure(one, 60000) == .badCluster(path: "one", cluster: 60000, offset: entry))
        #expect(failure(one, 0xFFFF) == .chainTooShort(path: "one", size: 3000, found: 512))
        // The directory's own chain, cluster 2.
        #expect(
            failure(2, 2)
                == .crossLinked(path: "a long directory name", cluster: 2, offset: UInt64(fat + 4)))
    }

    @Test("A directory that contains itself is named")
    func directoryLoop() throws {
        var bytes = try Self.volume(.fat16)
        let reader = try FATReader(ByteArrayAccess(bytes))
        let position = Int(reader.bootSector.offset(of: 2)) + 96
        #expect(bytes[position..<position + 5].elementsEqual("THREE".utf8))
        bytes[position + 11] = 0x10
        bytes.store(little: UInt16(2), at: position + 26)
        #expect(
            Self.failure(bytes)
                == .crossLinked(path: "a long directory name/three", cluster: 2, offset: UInt64(position)))
    }

    @Test("Any byte of the structures may be anything: no crash, no hang")
    func mutations() throws {
        for type in [FATType.fat12] {
            let bytes = try Self.volume(type)
            let end = Int(try FATReader(ByteArrayAccess(bytes)).bootSector.dataOffset) + 1024
            var outcomes = (read: 0, refused: 0)
            for position in 0..<end where bytes[position] != 0 || position % 7 == 0 {
                for value: UInt8 in [0, 1, 0xFF, bytes[position] ^ 0x10] {
                    var damaged = bytes
                    damaged[position] = value
                    if Self.failure(damaged) == nil { outcomes.read += 1 } else { outcomes.refused += 1 }
                }
            }
            #expect(outcomes.read > 100 && outcomes.refused > 100)
        }
    }

    @Test("Names of others: lower-case flags, code page 437, 0xE5, long names without a short one")
    func foreignNames() throws {
        var directory: [UInt8] = []
        func add(_ name: [UInt8], flags: UInt8 = 0, attributes: FATAttributes = .archive) {
            var entry = DirectoryEntry(
                name: name, attributes: attributes, modified: FATTime(Volume.time))
            entry.caseFlags = flags
            entry.append(to: &directory)
        }
        add(Array("LOWER   TXT".utf8), flags: 0x08)
        add(Array("LOWER2  TXT".utf8), flags: 0x18)
        add([0x05, 0x81] + Array("X        ".utf8))
        add(Array("DELETED    ".utf8))
        directory[directory.count - 32] = 0xE5
        // A long name whose short one is another.
        LongName.append(Array("orphan name".utf16), shortName: Array("OTHER      ".utf8), to: &directory)
        add(Array("REAL    X  ".utf8))
        add(Array("A LABEL    ".utf8), attributes: .volumeID)
        let listing = try DirectoryListing(
            directory, extents: [0..<UInt64(directory.count)], path: "", isRoot: true, type: .fat16)
        let names = listing.entries.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names == ["REAL.X", "lower.TXT", "lower2.txt", "σüX"])
        #expect(listing.label == "A LABEL    ")
        add(Array("REAL    X  ".utf8))
        #expect(throws: FATError.duplicateName(path: "d/REAL.X", offset: 1000 + 7 * 32)) {
            try DirectoryListing(
                directory, extents: [1000..<1000 + UInt64(directory.count)], path: "d", isRoot: false,
                type: .fat16)
        }
        for name in ["A/B        ", ".          ", "           ", "A\u{1}         "] {
            var bytes: [UInt8] = []
            DirectoryEntry(name: Array(name.utf8), attributes: [], modified: FATTime(Volume.time)).append(
                to: &bytes)
            #expect(throws: FATError.invalidName(directory: "", offset: 0)) {
                try DirectoryListing(bytes, extents: [0..<32], path: "", isRoot: true, type: .fat16)
            }
        }
    }
}
