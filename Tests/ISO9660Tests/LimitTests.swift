import Bytes
import Digests
import FileTree
import Host
import TestSupport
import Testing

@testable import ISO9660

/// What people hit in other tools, and what the format can't hold.
@Suite struct LimitTests {
    @Test("a file of 4 GiB and more has sections of whole sectors, which the reader joins")
    func sections() throws {
        #expect(FileSections.lengths(0xFFFF_F800) == [0xFFFF_F800])
        #expect(FileSections.lengths(0xFFFF_F801) == [0xFFFF_F800, 1])
        let size: UInt64 = 9 << 30 + 12_345
        var store = CorpusStore()
        let contents = store.add(
            MadeBytes(count: size), contentDigest: SHA256Digest(hashing: "nobody reads all of it"))
        let tree = try Image.tree([
            ("large", FileNode(kind: .regular, metadata: Image.metadata(), contents: contents)),
            ("other", Image.file("after it")),
        ])
        let image = try ISO9660Image(tree: tree, options: Image.options())
        for view in [ISO9660View.rockRidge, .joliet, .primary] {
            let reader = try ISO9660Reader(image.extents.access(from: store), view: view)
            var found: [UInt64: [FileExtent]] = [:]
            try reader.walk { (file, handle) throws(ISO9660Error) in
                if file.kind == .regular { found[file.size] = handle.sections }
            }
            let large = try #require(found[size])
            #expect(large.map(\.length) == FileSections.lengths(size))
            for (left, right) in zip(large, large.dropFirst()) {
                #expect(left.offset + UInt64(left.length) == right.offset, "one behind the other")
            }
            let other = try #require(found[8]?.first)
            #expect(
                try image.extents.access(from: store).bytes(at: other.offset, length: 8, of: "other")
                    == Array("after it".utf8))
        }
    }

    @Test("a path table ends before the first directory whose parent's number has more than 16 bits")
    func pathTable() throws {
        var directories = [DirectoryHierarchy.Directory(entry: 0, isMoved: false, parent: 0, identifier: [0])]
        for number in 0..<70_000 {
            directories.append(
                .init(
                    entry: number + 1, isMoved: false, parent: number < 69_000 ? number : 66_000,
                    identifier: Array("D".utf8)))
        }
        let table = PathTable.encoded(directories, .little) { UInt32($0) }
        #expect(table.count == PathTable.length(directories))
        #expect(table.count == 65_536 * 10)
        let last = table.count - 10
        #expect(table.little(at: last + 2) == UInt32(65_535))
        #expect(table.little(at: last + 6) == UInt16(65_535))
        let big = PathTable.encoded(directories, .big) { UInt32($0) }
        #expect(big.big(at: last + 2) == UInt32(65_535))
        #expect(big.big(at: last + 6) == UInt16(65_535))
    }

    @Test("70,000 directories in one", .enabled(if: Soak.isOn, "only where IDENTIKIT_SOAK is set"))
    func manyDirectories() throws {
        let corpus = try HostileCorpus([.manyDirectories, .manyHardLinks])
        let image = try ISO9660Image(tree: corpus.tree, options: Image.options())
        let reader = try ISO9660Reader(image.extents.access(from: corpus.store))
        let differences = TreeComparison.differences(
            between: corpus.tree, corpus.store, and: reader, kept: RoundTripTests.kept)
        #expect(differences.prefix(10) == [])
    }

    @Test("a file of 4 GiB is read back", .enabled(if: Soak.isOn, "only where IDENTIKIT_SOAK is set"))
    func largeFile() throws {
        let corpus = try HostileCorpus(.largeFile)
        let image = try ISO9660Image(tree: corpus.tree, options: Image.options())
        let reader = try ISO9660Reader(image.extents.access(from: corpus.store))
        let differences = TreeComparison.differences(
            between: corpus.tree, corpus.store, and: reader, kept: RoundTripTests.kept)
        #expect(differences == [])
    }

    @Test("what is lost is told, in the order of the tree") func losses() throws {
        var capable = Image.file()
        capable.metadata.xattrs = [ExtendedAttribute(name: "security.capability", value: "x")]
        let name = ByteString(String(repeating: "n", count: 254))
        let tree = try Image.tree([
            ("b", capable), ("a:b", Image.file()), (name, Image.file()), ("d/ok", Image.file()),
        ])
        let image = try ISO9660Image(tree: tree, options: Image.options())
        #expect(
            image.losses == [
                .jolietName(path: "a:b", joliet: "a_b"),
                .attributes(path: "b", names: ["security.capability"]),
                .jolietName(path: name, joliet: String(repeating: "n", count: 64)),
                .nameBeyondLinux(path: name),
            ])
        let plain = try ISO9660Image(tree: tree, options: Image.options(joliet: false))
        #expect(plain.losses.count == 2)
    }

    @Test("what the format or Linux can't hold is an error that names it") func errors() throws {
        func lay(_ tree: FileTree, _ change: (inout ISO9660Options) -> Void = { _ in }) throws {
            var options = Image.options()
            change(&options)
            _ = try ISO9660Image(tree: tree, options: options)
        }
        let plain = try Image.tree([("a", Image.file())])
        for (major, minor) in [(0, 256), (4096, 0), (1, 1 << 20)] as [(UInt32, UInt32)] {
            let node = FileNode(
                kind: .characterDevice(major: major, minor: minor), metadata: Image.metadata())
            #expect(throws: ISO9660Error.deviceOutOfRange(path: "dev/x")) {
                try lay(Image.tree([("dev/x", node)]))
            }
        }
        for text in ["small", "A B", String(repeating: "A", count: 33)] {
            #expect(throws: ISO9660Error.unusableText(field: "volume identifier", text: text)) {
                try lay(plain) { $0.volumeID = text }
            }
        }
        let contents = FileContents.blob(
            digest: SHA256Digest(hashing: "a"), offset: 0, length: 1 << 43,
            contentDigest: SHA256Digest(hashing: "b"))
        #expect(throws: ISO9660Error.imageTooLarge(sectors: 1 << 32)) {
            try lay(
                Image.tree([("a", FileNode(kind: .regular, metadata: Image.metadata(), contents: contents))]))
        }
        #expect(throws: ISO9660Error.self) { try lay(plain) { $0.bootEntries = [.bios([])] } }
        #expect(throws: ISO9660Error.self) {
            try lay(plain) { $0.bootEntries = [.bios([UInt8](repeating: 0, count: 63))] }
        }
        #expect(throws: ISO9660Error.self) {
            try lay(plain) { $0.bootEntries = [.efi(ExtentMap(.bytes("x")), alignment: 1000)] }
        }
        #expect(throws: ISO9660Error.self) {
            try lay(plain) { $0.bootEntries = Array(repeating: .efi(ExtentMap(.bytes("x"))), count: 33) }
        }
        #expect(throws: ISO9660Error.self) { try lay(plain) { $0.sizeAlignment = 0 } }
        let image = try ISO9660Image(tree: plain, options: Image.options())
        #expect(throws: ISO9660Error.self) {
            try image.extents(systemArea: [UInt8](repeating: 0, count: 32_769))
        }
    }
}

enum Soak {
    static var isOn: Bool { HostEnvironment.variable("IDENTIKIT_SOAK") != nil }
}
