import Bytes
import FileTree
import Testing

@testable import FAT

@Suite struct NameTests {
    @Test("Short names are a function of the names in the directory")
    func shortNames() {
        let names: [(ByteString, String)] = [
            (".a", "A~1        "),
            (".profile", "PROFIL~1   "),
            ("A.b", "A       B  "),
            ("BOOTX64.EFI", "BOOTX64 EFI"),
            ("LONGFI~1.TXT", "LONGFI~1TXT"),
            ("a.b.c", "AB~1    C  "),
            ("a+b", "A_B~1      "),
            ("eight888.ext", "EIGHT888EXT"),
            ("eight888.extra", "EIGHT8~1EXT"),
            ("long file name.txt", "LONGFI~2TXT"),
            ("long file other.txt", "LONGFI~3TXT"),
            ("x", "X          "),
            ("ünïcode.ï", "_N_COD~1_  "),
        ]
        let short = ShortName.names(for: names.map(\.0)).map { String(decoding: $0, as: UTF8.self) }
        #expect(short == names.map(\.1))
    }

    @Test("A thousand alike names get a thousand short ones, with numbers of one to four digits")
    func many() {
        let names = (0..<1200).map { ByteString("a long common start \($0).conf") }
        let short = ShortName.names(for: names).map { String(decoding: $0, as: UTF8.self) }
        #expect(Set(short).count == names.count)
        #expect(short[8] == "ALONGC~9CON")
        #expect(short[9] == "ALONG~10CON")
        #expect(short[1199] == "ALO~1200CON")
    }

    @Test("Long names are cut into entries of 13 units, last ones first, with the checksum of the short one")
    func longName() throws {
        var bytes: [UInt8] = []
        let units = try LongName.units("a long name.txt").get()
        LongName.append(units, shortName: Array("ALONGN~1TXT".utf8), to: &bytes)
        #expect(bytes.count == 64)
        #expect(bytes[0] == 0x42)
        #expect(bytes[1..<11].elementsEqual([0x78, 0, 0x74, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]))
        #expect(bytes[11] == 0x0F)
        #expect(bytes[32] == 1)
        #expect(bytes[13] == bytes[45])
        // Rotate right and add, over the eleven bytes.
        let sum = "ALONGN~1TXT".utf8.reduce(UInt32(0)) { ((($0 & 1) << 7) + ($0 >> 1) + UInt32($1)) & 0xFF }
        #expect(UInt32(bytes[13]) == sum)
        var gatherer = LongName.Gatherer()
        gatherer.add(bytes, at: 0)
        gatherer.add(bytes, at: 32)
        #expect(gatherer.take(for: Array("ALONGN~1TXT".utf8)) == Array("a long name.txt".utf8))
        gatherer.add(bytes, at: 32)
        #expect(gatherer.take(for: Array("ALONGN~1TXT".utf8)) == nil)
    }

    @Test("Characters beyond 16 bits are surrogate pairs, and halves of one stay what they are")
    func surrogates() throws {
        let name: ByteString = "💾🐧"
        let units = try LongName.units(name).get()
        #expect(units == [0xD83D, 0xDCBE, 0xD83D, 0xDC27])
        #expect(LongName.utf8(units) == name.bytes)
        #expect(LongName.utf8([0xD83D, 0x41]) == [0xED, 0xA0, 0xBD, 0x41])
        #expect(LongName.utf8([0xDC27, 0xD83D]) == [0xED, 0xB0, 0xA7, 0xED, 0xA0, 0xBD])
        let volume = try FATVolume(files: [Volume.file(name, [1])], options: Volume.options())
        #expect(try Volume.paths(volume) == ["", name])
    }

    @Test("What FAT can't hold is refused by path")
    func refused() throws {
        func failure(_ paths: [ByteString]) -> FATError? {
            do throws(FATError) {
                _ = try FATVolume(files: paths.map { Volume.file($0, []) }, options: Volume.options())
                return nil
            } catch { return error }
        }
        for name: ByteString in [
            "a/b*", "a:b", "a\nb", "a/what?", "x|", "<", ">", "\"", "back\\slash", "dot.", "space ", "..",
            "a/./b",
            ByteString([0x61, 0xFF]), ByteString([0xED, 0xA0, 0x80]), "\u{1}",
            ByteString(String(repeating: "ü", count: 256)),
        ] {
            guard case .unusableName(let path, _) = failure([name]) else {
                Issue.record("\(name)")
                continue
            }
            #expect(name.hasPrefix(path))
        }
        #expect(failure(["a/Readme", "a/readme"]) == .nameClash(path: "a/readme", other: "a/Readme"))
        #expect(failure(["Ärger", "ärger"]) == .nameClash(path: "ärger", other: "Ärger"))
        #expect(failure(["same", "same"]) == .nameClash(path: "same", other: "same"))
        #expect(failure(["a", "a/b"]) == .nameClash(path: "a/b", other: "a"))
        #expect(failure(["a/b", "a"]) == .nameClash(path: "a", other: "a"))
        #expect(failure([""]) != nil)
        // What upper case would make ASCII of stays apart, as in the tables of systems that read FAT.
        #expect(failure(["i", "ı", "s", "ſ", "straße", "strasse"]) == nil)
        #expect(failure([" leading", ".dot", "a..b", "CON", "~", "a'b`{}"]) == nil)
        #expect(failure([ByteString(String(repeating: "ü", count: 255))]) == nil)
    }

    @Test("Directories end at 65,536 entries")
    func directoryLimit() throws {
        // 3,276 names of 20 entries each and 15 of one; the root of FAT32 has the label too.
        let long = String(repeating: "x", count: 240)
        var files = (0..<3276).map { Volume.file(ByteString("\(long).\($0)"), []) }
        files += (0..<15).map { Volume.file(ByteString("SHORT\($0)"), []) }
        let volume = try FATVolume(files: files, options: Volume.options(type: .fat32))
        #expect(try Volume.paths(volume).count == 3276 + 15 + 1)
        #expect(throws: FATError.directoryTooLarge(path: "")) {
            try FATVolume(
                files: files + [Volume.file("MORE", [])], options: Volume.options(type: .fat32))
        }
        // More than FAT16 can say of its root: FAT32 is taken.
        #expect(try FATVolume(files: files, options: Volume.options()).type == .fat32)
    }
}
