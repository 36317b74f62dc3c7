import Bytes
import FileTree
import ISO9660
import TestSupport
import Testing

/// Images that contradict the format: each is refused or read, and nothing else happens.
@Suite struct HostileImageTests {
    /// A small image with all structures: continuation areas, a moved directory, links, devices, a boot catalog.
    private static func image() throws -> [UInt8] {
        var builder = FileTree.Builder(stamp: BuildStamp().time)
        let long = String(repeating: "l", count: 200)
        try builder.add("sub/inner", FileNode(kind: .directory, metadata: Image.metadata(0o755)))
        try builder.add("file", Image.file())
        try builder.add(ByteString(long), Image.file("of a long name"))
        try builder.addHardLink("hard", to: "file")
        try builder.add("1/2/3/4/5/6/7/8/9/deep", Image.file("deep"))
        try builder.add(
            "link", FileNode(kind: .symbolicLink(ByteString(long + "/" + long)), metadata: Image.metadata()))
        try builder.add(
            "null", FileNode(kind: .characterDevice(major: 1, minor: 3), metadata: Image.metadata()))
        var options = Image.options()
        options.bootEntries = [
            .bios([UInt8](repeating: 0xF4, count: 100)), .efi(ExtentMap(.bytes("no volume"))),
        ]
        return try Image.bytes(builder.freeze(), CorpusStore(), options)
    }

    /// Where the record of an identifier begins in the first directory that has it.
    private static func record(_ identifier: String, in image: [UInt8]) throws -> Int {
        let pattern = [UInt8(identifier.utf8.count)] + Array(identifier.utf8)
        for start in 16 * 2048..<image.count - 64 where image[start + 32] == pattern[0] {
            if image[(start + 32)...].starts(with: pattern), image[start] > 33 { return start }
        }
        throw StreamError.corrupt(what: "test", offset: 0, reason: "no record of \(identifier)")
    }

    private static func entry(_ signature: String, after start: Int, in image: [UInt8]) throws -> Int {
        let pattern = Array(signature.utf8)
        for index in start..<image.count - 4 where image[index...].starts(with: pattern) {
            if image[index + 3] == 1 { return index }
        }
        throw StreamError.corrupt(what: "test", offset: 0, reason: "no entry \(signature)")
    }

    private static func store(both value: UInt32, at offset: Int, in image: inout [UInt8]) {
        image.store(little: value, at: offset)
        image.store(big: value, at: offset + 4)
    }

    private static func expectRefused(
        _ image: [UInt8], _ reason: String, location: SourceLocation = #_sourceLocation
    ) {
        do throws(ISO9660Error) {
            _ = try Image.found(image)
            Issue.record("read without an error", sourceLocation: location)
        } catch { #expect("\(error)".contains(reason), sourceLocation: location) }
    }

    @Test("cut off anywhere") func truncated() throws {
        let image = try Self.image()
        #expect(try Image.found(image).count == 18)
        var read = 0
        for length in stride(from: 0, to: image.count, by: 101) {
            if (try? Image.found(Array(image[..<length]))) != nil { read += 1 }
        }
        #expect(read == 0)
    }

    @Test("a byte that is wrong, anywhere", arguments: [0x00, 0xFF, 0x7F] as [UInt8])
    func damaged(_ value: UInt8) throws {
        let image = try Self.image()
        for offset in stride(from: 16 * 2048 + Int(value) % 13, to: image.count, by: 17)
        where image[offset] != value {
            var damaged = image
            damaged[offset] = value
            for view in [ISO9660View.rockRidge, .joliet] { _ = try? Image.found(damaged, view) }
        }
    }

    @Test("no volume at all") func noVolume() throws {
        for length in [0, 1, 32_768, 34_815, 34_816, 65_536] {
            #expect(throws: ISO9660Error.notISO9660(offset: 32_768)) {
                try Image.found([UInt8](repeating: 0, count: length))
            }
        }
        var image = [UInt8](repeating: 0, count: 32_768)
        for _ in 0..<100 { image += [9] + Array("CD001".utf8) + [UInt8](repeating: 1, count: 2042) }
        Self.expectRefused(image, "volume descriptors")
    }

    @Test("a directory that holds the root") func loop() throws {
        var image = try Self.image()
        let root: UInt32 = try #require(image.little(at: 16 * 2048 + 158))
        Self.store(both: root, at: try Self.record("SUB", in: image) + 2, in: &image)
        Self.expectRefused(image, "met twice")
    }

    @Test("a moved directory that is the one above it") func childLinkLoop() throws {
        var image = try Self.image()
        let root: UInt32 = try #require(image.little(at: 16 * 2048 + 158))
        Self.store(both: root, at: try Self.entry("CL", after: 20 * 2048, in: image) + 4, in: &image)
        Self.expectRefused(image, "met twice")
    }

    @Test("a directory of 4 GiB") func largeDirectory() throws {
        var image = try Self.image()
        Self.store(both: 0xFFFF_F800, at: try Self.record("SUB", in: image) + 10, in: &image)
        Self.expectRefused(image, "all directories")
    }

    @Test("contents beyond the image") func contentsBeyond() throws {
        for (field, value) in [(2, 0xFFFF_FFFF), (10, 0x7FFF_FFFF)] as [(Int, UInt32)] {
            var image = try Self.image()
            Self.store(both: value, at: try Self.record("FILE.;1", in: image) + field, in: &image)
            Self.expectRefused(image, "beyond the image")
        }
    }

    @Test("a continuation area that leads to itself") func continuationLoop() throws {
        var image = try Self.image()
        let entry = try Self.entry("CE", after: try Self.record("LINK.;1", in: image), in: image)
        let sector: UInt32 = try #require(image.little(at: entry + 4))
        let offset: UInt32 = try #require(image.little(at: entry + 12))
        Self.store(both: 28, at: entry + 20, in: &image)
        image.store(Array(image[entry..<entry + 28]), at: Int(sector) * 2048 + Int(offset))
        Self.expectRefused(image, "continuation areas")
    }

    @Test("two files of one name, a name with a slash, and one that is ..") func names() throws {
        for (name, reason) in [
            ("hard", "two files"), ("a/bc", "an invalid name"), ("..\0\0", "an invalid name"),
        ] {
            var image = try Self.image()
            let entry = try Self.entry("NM", after: try Self.record("FILE.;1", in: image), in: image)
            image.store(Array(name.utf8), at: entry + 5)
            Self.expectRefused(image, reason)
        }
    }

    @Test("sections of a file without an end") func sections() throws {
        var image = try Self.image()
        image[try Self.record("FILE.;1", in: image) + 25] = 0x80
        Self.expectRefused(image, "section of a file is missing")
    }

    @Test("a mode against the record's flags, and one of no kind") func modes() throws {
        for (mode, reason) in [(0o040755, "against its flags"), (0o170644, "not a known file type")]
            as [(UInt32, String)]
        {
            var image = try Self.image()
            let entry = try Self.entry("PX", after: try Self.record("FILE.;1", in: image), in: image)
            Self.store(both: mode, at: entry + 4, in: &image)
            Self.expectRefused(image, reason)
        }
    }

    @Test("a boot catalog that goes on and on") func bootCatalog() throws {
        var image = try Self.image()
        let catalog: UInt32 = try #require(image.little(at: 17 * 2048 + 71))
        let start = Int(catalog) * 2048
        image.store(little: UInt16(0xFFFF), at: start + 66)
        Self.expectRefused(image, "boot catalog")
        image[start + 30] = 0
        Self.expectRefused(image, "first entry is not valid")
    }
}
