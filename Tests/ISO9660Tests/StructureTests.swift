import Bytes
import Digests
import FileTree
import TestSupport
import Testing

@testable import ISO9660

@Suite struct StructureTests {
    @Test(
        "times as records and volume descriptors have them, clamped",
        arguments: [
            (0, "1970-1-1 0:0:0"), (-1, "1969-12-31 23:59:59"), (1_492_533_000, "2017-4-18 16:30:0"),
            (951_782_400, "2000-2-29 0:0:0"), (-2_203_891_200, "1900-3-1 0:0:0"),
            (Int64.min, "1900-1-1 0:0:0"), (Int64.max, "2155-12-31 23:59:59"),
        ] as [(Int64, String)])
    func recordTimes(_ seconds: Int64, _ text: String) {
        let time = CivilTime(Timestamp(seconds: seconds), in: CivilTime.recordRange)
        let date = time.date
        #expect(
            "\(date.year)-\(date.month)-\(date.day) \(time.hour):\(time.minute):\(time.second)" == text)
        var bytes: [UInt8] = []
        bytes.append(recordTime: Timestamp(seconds: seconds))
        let clamped = min(max(seconds, -2_208_988_800), 5_869_583_999)
        #expect(FoundTime.short(bytes[...]) == Timestamp(seconds: clamped))
    }

    @Test("times of volume descriptors, and times of both forms with an offset from UTC")
    func otherTimes() {
        var bytes: [UInt8] = []
        bytes.append(volumeTime: Timestamp(seconds: 1_492_533_000))
        #expect(bytes == Array("2017041816300000".utf8) + [0])
        #expect(FoundTime.long(bytes[...]) == Timestamp(seconds: 1_492_533_000))
        #expect(
            FoundTime.long((Array("2017041818300050".utf8) + [8])[...])
                == Timestamp(seconds: 1_492_533_000, nanoseconds: 500_000_000))
        #expect(FoundTime.short([117, 4, 18, 10, 30, 0, 0xE8]) == Timestamp(seconds: 1_492_533_000))
        #expect(FoundTime.short([0, 0, 0, 0, 0, 0, 0]) == Timestamp(seconds: 0))
    }

    @Test("primary identifiers") func primaryNames() {
        var names = PrimaryNames()
        func take(_ name: ByteString, directory: Bool = false) -> String {
            String(decoding: names.take(name, isDirectory: directory), as: UTF8.self)
        }
        #expect(take("ldlinux.c32") == "LDLINUX.C32")
        #expect(take("LDLINUX.c32") == "LDLINUX0.C32")
        #expect(take("kernel") == "KERNEL.")
        #expect(take(".hidden") == "_HIDDEN.")
        #expect(take("a.b.c", directory: true) == "A_B_C")
        #expect(take("a.b.c") == "A_B.C")
        #expect(take("ü") == "__.")
        #expect(take("a-very-long-name-that-does-not-fit.tar.gz") == "A_VERY_LONG_NAME_THAT_DOES_.GZ")
        #expect(take("a-very-long-name-that-does-not-end.tar.gz") == "A_VERY_LONG_NAME_THAT_DOES0.GZ")
    }

    @Test("50,000 names that begin alike get numbers in a moment") func numberedNames() {
        var names = PrimaryNames()
        var seen: Set<[UInt8]> = []
        for index in 0..<5000 {
            let name = ByteString("the-same-beginning-of-all-the-names-\(index)")
            seen.insert(names.take(name, isDirectory: true))
        }
        #expect(seen.count == 5000)
        #expect(seen.allSatisfy { $0.count <= 30 })
    }

    @Test("Joliet identifiers") func jolietNames() {
        var names = JolietNames()
        func take(_ name: ByteString) -> String? { names.take(name, isDirectory: false).changed }
        #expect(take("naïve.txt") == nil)
        #expect(take("漢字") == nil)
        #expect(take("a*b") == "a_b")
        #expect(take("a?b") == "a_b0")
        #expect(take("🐧") == "_")
        #expect(take(ByteString([0xFF, 0x61])) == "_a")
        let long = String(repeating: "x", count: 70)
        #expect(take(ByteString(long + ".text")) == String(repeating: "x", count: 59) + ".text")
        #expect(take(ByteString(long + "y.text")) == String(repeating: "x", count: 58) + "0.text")
    }

    @Test(
        "targets of symbolic links are kept byte by byte",
        arguments: [
            "/", "//", "a", "a/", "a//b", "/a", "//a/", ".", "..", "../..//./x", "./", "...",
        ] as [ByteString])
    func targets(_ target: ByteString) throws {
        var found = FoundTarget()
        for entry in SymbolicLinkTarget.entries(target) { try found.append(entry.content.bytes, at: 0) }
        #expect(ByteString(found.bytes) == target)
    }

    @Test(
        "names take as many entries as they need, cut for Linux before a character",
        arguments: [1, 250, 251, 253, 254, 255])
    func names(_ count: Int) {
        let name = ByteString([UInt8](repeating: 0x61, count: count))
        let entries = RockRidge.name(name).map { $0.content.bytes }
        #expect(entries.flatMap { $0[5...] } == name.bytes)
        #expect(entries.map { $0[4] } == entries.indices.map { $0 + 1 < entries.count ? 1 : 0 })
        #expect(entries.allSatisfy { $0.count == Int($0[2]) })
        let wide = ByteString(String(repeating: "漢", count: 85))
        let shown = RockRidge.name(wide).dropLast().flatMap { $0.content.bytes[5...] }
        #expect(ByteString(shown) == ByteString(String(repeating: "漢", count: 84)))
    }

    @Test("a boot info table has the image's place, length and checksum") func bootInfoTable() {
        let image = (0..<70).map { UInt8($0) }
        let written = BootInfoTable.written(into: image, sector: 0x0102_0304)
        #expect(Array(written[..<8]) == Array(image[..<8]))
        #expect(Array(written[8..<24]) == [16, 0, 0, 0, 4, 3, 2, 1, 70, 0, 0, 0, 0x84, 0x86, 0x42, 0x43])
        #expect(written[24..<64].allSatisfy { $0 == 0 })
        #expect(Array(written[64...]) == Array(image[64...]))
    }

    @Test("equal contents are stored once, and contents of a boot image not again") func sharing() throws {
        var store = CorpusStore()
        let bytes = Noise.bytes(seed: 1, count: 10_000)
        let contents = store.add(bytes)
        var volume = ExtentMap()
        volume.append([UInt8](repeating: 7, count: 4096))
        volume.append(contents)
        volume.append(zeros: 1000)
        let file = FileNode(kind: .regular, metadata: Image.metadata(), contents: contents)
        var options = Image.options()
        options.bootEntries = [.efi(volume, alignment: 4096)]
        let without = try ISO9660Image(tree: Image.tree([("a", Image.file())]), options: options)
        let tree = try Image.tree([("a", Image.file()), ("b", file), ("c", file)])
        let twice = try ISO9660Image(tree: tree, options: options)
        // Five sectors more, of which one was empty before the boot image, or one is now.
        #expect((4...6).contains((twice.count - without.count) / 2048))
        options.aliases = [
            ISO9660Alias(path: "b", bootEntry: 0, offset: 4096),
            ISO9660Alias(path: "c", bootEntry: 0, offset: 4096),
        ]
        let once = try ISO9660Image(tree: tree, options: options)
        #expect(once.count == without.count)
        let differences = TreeComparison.differences(
            between: tree, store, and: try ISO9660Reader(once.extents.access(from: store)))
        #expect(differences == [])
        for alias in [
            ISO9660Alias(path: "b", bootEntry: 0, offset: 4097),
            ISO9660Alias(path: "b", bootEntry: 1, offset: 0),
            ISO9660Alias(path: "b", bootEntry: 0, offset: 6144),
            ISO9660Alias(path: "x", bootEntry: 0, offset: 0),
        ] {
            options.aliases = [alias]
            #expect(throws: ISO9660Error.self) { try ISO9660Image(tree: tree, options: options) }
        }
    }
}
