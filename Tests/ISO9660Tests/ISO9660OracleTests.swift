import Bytes
import FileTree
import Foundation
import Host
import ISO9660
import TestSupport
import Testing

/// Other people's tools read what we wrote.
@Suite struct ISO9660OracleTests {
    private static let plain = ["LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"]

    private static func written(_ tree: FileTree, _ store: CorpusStore) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write("image.iso", Image.bytes(tree, store))
        return directory
    }

    @Test(
        "bsdtar reads every path of the corpus",
        .enabled(if: Tool.available("bsdtar"), "bsdtar is not installed"))
    func paths() throws {
        let corpus = try HostileCorpus(.usual.subtracting([.oddNames, .rawNames]))
        let directory = try Self.written(corpus.tree, corpus.store)
        let listed = try Tool.run(
            "bsdtar", ["-tf", "image.iso"], in: directory.path, environment: Self.plain
        ).outputText
        let expected = corpus.tree.map { $0.path.isEmpty ? "." : $0.path.text }
        #expect(listed.split(separator: "\n").map(String.init).sorted() == expected.sorted())
    }

    @Test(
        "bsdtar unpacks the contents of the corpus",
        .enabled(if: Tool.available("bsdtar"), "bsdtar is not installed"))
    func contents() throws {
        let corpus = try HostileCorpus([.sizes, .sparseFiles, .equalFiles, .longNames, .hardLinks])
        let directory = try Self.written(corpus.tree, corpus.store)
        try directory.write("root/.keep", "")
        try Tool.run(
            "bsdtar", ["-xf", "image.iso", "-C", "root", "--no-same-owner"], in: directory.path,
            environment: Self.plain)
        for entry in corpus.tree where entry.node.kind == .regular {
            var source = try corpus.store.source(entry.node.contents)
            let wanted = try source.readAll(limit: 1 << 24, of: "a file")
            let isSame = try directory.read("root/\(entry.path.text)") == wanted
            #expect(isSame, "\(entry.path)")
        }
    }

    @Test(
        "xorriso shows every mode, owner, size, time, link and device",
        .enabled(if: Tool.available("xorriso"), "xorriso is not installed"))
    func xorriso() throws {
        // xorriso takes links of up to 1023 bytes and paths of up to 4096; its listing has a line a file.
        var builder = FileTree.Builder(stamp: BuildStamp().time)
        let parts: HostileCorpus.Parts = [
            .sizes, .longNames, .twinNames, .shortNames, .deepDirectories, .hardLinks, .pipes, .permissions,
            .owners, .largeDirectory, .times,
        ]
        let corpus = try HostileCorpus(parts)
        for entry in corpus.tree where entry.isFirstName && !entry.path.isEmpty {
            try builder.add(entry.path, entry.node)
        }
        for length in [1, 245, 246, 247, 600, 1023] {
            let target = ByteString(String(repeating: "x/yy/", count: 300).prefix(length - 1) + "z")
            try builder.add(
                ByteString("links/\(length)"),
                FileNode(kind: .symbolicLink(target), metadata: Image.metadata(0o777)))
        }
        for (name, major, minor) in [("null", 1, 3), ("sda", 8, 255), ("far", 4095, 7)]
            as [(String, UInt32, UInt32)]
        {
            try builder.add(
                ByteString("dev/\(name)"),
                FileNode(kind: .blockDevice(major: major, minor: minor), metadata: Image.metadata(0o660)))
        }
        let tree = builder.freeze()
        let directory = try Self.written(tree, corpus.store)
        let listed = try Tool.run(
            "xorriso",
            ["-report_about", "SORRY", "-indev", "image.iso", "-find", "/", "-exec", "lsdl"],
            in: directory.path,
            environment: Self.plain
        ).output
        let shown = Set(listed.split(separator: 0x0A).map { Self.fields($0) })
        for entry in tree where !entry.path.isEmpty {
            let line = Self.line(entry)
            #expect(shown.contains(ByteString(line)), "\(line.prefix(300))")
        }
        #expect(shown.count == tree.count, "with the root")
    }

    /// Mode, owner, size or device, path and target; count of links and time, which xorriso words as `ls` does, apart.
    private static func fields(_ line: ArraySlice<UInt8>) -> ByteString {
        let words = line.split(separator: 0x20, maxSplits: 8)
        guard words.count == 9 else { return ByteString(line) }
        return ByteString([words[0], words[2], words[3], words[4], words[8]].joined(separator: [0x20]))
    }

    private static func line(_ entry: FileTree.Entry) -> String {
        let metadata = entry.node.metadata
        var size = "\(entry.node.contents.count)"
        var target = ""
        let letter: String
        switch entry.node.kind {
        case .regular: letter = "-"
        case .directory: letter = "d"
        case .fifo: letter = "p"
        case .socket: letter = "s"
        case .symbolicLink(let to):
            letter = "l"
            target = " -> '\(to.text)'"
        case .blockDevice(let major, let minor):
            letter = "b"
            size = "\(major),\(minor)"
        case .characterDevice(let major, let minor):
            letter = "c"
            size = "\(major),\(minor)"
        }
        return
            "\(letter)\(mode(metadata.permissions)) \(metadata.uid) \(metadata.gid) \(size) '/\(entry.path.text)'\(target)"
    }

    /// As `ls` writes it.
    private static func mode(_ permissions: UInt16) -> String {
        var text = ""
        for (shift, special, letter) in [(6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")]
            as [(UInt16, UInt16, String)]
        {
            let bits = permissions >> shift & 7
            let runs = bits & 1 != 0
            text += (bits & 4 != 0 ? "r" : "-") + (bits & 2 != 0 ? "w" : "-")
            let mark = runs ? letter : letter.uppercased()
            text += permissions & special != 0 ? mark : runs ? "x" : "-"
        }
        return text
    }

    @Test(
        "isoinfo lists what our reader does, through Rock Ridge and Joliet",
        .enabled(if: Tool.available("isoinfo"), "isoinfo is not installed"),
        arguments: [ISO9660View.rockRidge, .joliet])
    func isoinfo(_ view: ISO9660View) throws {
        // isoinfo shows characters beyond Latin 1 as it likes.
        let others: HostileCorpus.Parts = view == .joliet ? [] : [.longNames, .twinNames]
        let corpus = try HostileCorpus(others.union([.sizes, .shortNames, .hardLinks, .permissions]))
        let directory = try Self.written(corpus.tree, corpus.store)
        let reader = try ISO9660Reader(ByteArrayAccess(directory.read("image.iso")), view: view)
        var expected: [ByteString] = []
        try reader.walk { (file, _) throws(ISO9660Error) in
            if !file.path.isEmpty { expected.append("/" + file.path) }
        }
        let option = view == .rockRidge ? "-R" : "-J"
        let listed = try Tool.run(
            "isoinfo", [option, "-f", "-i", "image.iso"], in: directory.path,
            environment: Self.plain
        ).output
        let shown = Set(listed.split(separator: 0x0A).map { ByteString($0) })
        #expect(shown.subtracting(expected).sorted() == [])
        #expect(Set(expected).subtracting(shown).sorted() == [])
    }

    @Test(
        "xorriso finds the boot images where they are",
        .enabled(if: Tool.available("xorriso"), "xorriso is not installed"))
    func bootCatalog() throws {
        var options = Image.options()
        var volume = ExtentMap()
        // More than 65,535 sectors of 512 bytes, and no FAT volume: nobody looks inside.
        volume.append(.bytes(ByteString([UInt8](repeating: 1, count: 2048))))
        volume.append(zeros: 33 << 20)
        options.bootEntries = [
            .bios([UInt8](repeating: 0xF4, count: 5000)), .efi(volume, alignment: 1 << 20),
            .efi(ExtentMap(.bytes(ByteString([UInt8](repeating: 2, count: 3000))))),
        ]
        let image = try ISO9660Image(tree: Image.tree([("a", Image.file())]), options: options)
        var sink = ByteArraySink()
        try image.extents.write(to: &sink, from: CorpusStore())
        #expect(image.bootImages[1].offset % (1 << 20) == 0)
        let directory = try TemporaryDirectory()
        try directory.write("image.iso", sink.bytes)
        let said = try Tool.run(
            "xorriso",
            ["-report_about", "SORRY", "-indev", "image.iso", "-report_el_torito", "plain"],
            in: directory.path, environment: Self.plain
        ).outputText
        let rows = said.split(separator: "\n").filter { $0.hasPrefix("El Torito boot img :   ") }.map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(rows.map { $0[6] } == ["BIOS", "UEFI", "UEFI"])
        #expect(rows.map { $0[11] } == ["4", "0", "6"])
        #expect(rows.map { $0[12] } == image.bootImages.map { "\($0.sector)" })
        let found = try ISO9660Reader(ByteArrayAccess(sink.bytes)).bootImages()
        #expect(found.map(\.sector) == image.bootImages.map(\.sector))
        #expect(found.map(\.platform) == [0, 0xEF, 0xEF])
        #expect(found.map(\.loadSectors) == [4, 0, 6])
        #expect(found.map(\.isBootable) == [true, true, true])
    }
}
