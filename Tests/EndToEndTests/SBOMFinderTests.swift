import Bytes
import Foundation
import Host
import Outputs
import Sharing
import TestSupport
import Testing

@Suite(
    "The bill of materials is found in outputs of every format",
    .enabled(if: Tool.available("bsdtar", "cpio"), "bsdtar or cpio is not installed"))
struct SBOMFinderTests {
    private func find(_ paths: [String]) throws -> (document: [UInt8]?, warnings: [String]) {
        var warnings: [String] = []
        let document = try SBOMFinder.find(in: paths) { warnings.append($0) }
        return (document, warnings)
    }

    @Test("Each format's files have it, the same one")
    func everyFormat() throws {
        let layout = try #require(UsualOutputs.shared.get().layouts[.gzip])
        let round = try Round(.usual, layout: layout)
        let directory = try TemporaryDirectory()
        try withExtendedLifetime(round) {
            let files = try round.files()
            let tar = try #require(files["tar: kit.tar"])
            let card = try #require(files["rpi3: kit.tar"])
            let document = try Tool.run("bsdtar", ["-xOf", tar, "sbom.spdx.json"]).output
            // Of another architecture than the others. Microcode comes before what is compressed.
            let unpacking = #"""
                set -e; cd "$0"; bsdtar -xf "$1" initrd.uimg
                start=$(LC_ALL=C grep -obUaP '\x1f\x8b\x08' initrd.uimg | head -n 1 | cut -d: -f1)
                tail -c +$((start + 1)) initrd.uimg | gzip -dc | cpio --quiet -i --to-stdout sbom.spdx.json
                """#
            let arm64 = try Tool.run("sh", ["-c", unpacking, directory.path, card]).output
            #expect(document.count > 100 && arm64.count > 100)
            for format in OutputFormats.all {
                let paths = try format.suffixes.map { try #require(files[Round.key(format, $0)]) }
                let found = try find(paths)
                let isSame = found.document == (format.name == "rpi3" ? arm64 : document)
                #expect(isSame, "\(format.name)")
                #expect(found.warnings == [], "\(format.name)")
            }
        }
    }

    @Test("What has none has none; what is damaged is said")
    func others() throws {
        let directory = try TemporaryDirectory()
        let boot = [UInt8](repeating: 0, count: 510) + [0x55, 0xAA]
        let plain = [
            try directory.write("empty", [UInt8]()),
            try directory.write("text", Array("nothing in it\n".utf8)),
            try directory.write("zeros", [UInt8](repeating: 0, count: 70_000)),
            try directory.write("boot", boot), try directory.write("program", Array("MZ".utf8) + boot),
        ]
        let none = try find(plain)
        #expect(none.document == nil)
        #expect(none.warnings == [])

        let tar = TestTar.archive([.file("sbom.spdx.json", "{}"), .file("other", "contents\n")])
        let damaged = try directory.write("cut.tar", Array(tar.prefix(1540)))
        let whole = try directory.write("whole.tar", tar)
        let found = try find([damaged, whole])
        #expect(found.document == Array("{}".utf8))
        #expect(found.warnings.count == 1)
        #expect(found.warnings.first?.contains("cut.tar cannot be searched") == true, "\(found.warnings)")
        #expect(throws: StreamError.self) { try find(["\(directory.path)/missing"]) }
    }

    @Test("An archive in an archive in an archive ends the search somewhere")
    func nested() throws {
        let directory = try TemporaryDirectory()
        var bytes = TestTar.archive([.file("sbom.spdx.json", "{}")])
        var depths: [Bool] = []
        for _ in 0..<12 {
            var member = TestMember.file("initrd.img")
            member.contents = bytes
            bytes = TestTar.archive([member])
            depths.append(try find([directory.write("nested.tar", bytes)]).document != nil)
        }
        #expect(depths.first == true)
        #expect(depths.last == false)
    }

    @Test("An archive with very many images is not searched for ever: the last of them is not reached")
    func many() throws {
        let directory = try TemporaryDirectory()
        func archive(_ count: Int) throws -> [UInt8] {
            let empty = TestTar.archive([])
            var members: [TestMember] = []
            for number in 1...count {
                var member = TestMember.file("initrd.img")
                member.contents = number == count ? TestTar.archive([.file("sbom.spdx.json", "{}")]) : empty
                members.append(member)
            }
            return TestTar.archive(members)
        }
        #expect(try find([directory.write("few.tar", archive(200))]).document != nil)
        #expect(try find([directory.write("many.tar", archive(300))]).document == nil)
    }
}
