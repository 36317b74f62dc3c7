internal import Bytes
internal import FileTree
internal import Host
internal import TestSupport
internal import Testing

@testable import Packaging

@Suite struct ModuleIndexTests {
    /// A 64-bit ELF file with nothing but a `.modinfo`.
    static func module(_ records: [String]) -> [UInt8] {
        let information: [UInt8] = records.flatMap { Array($0.utf8) + [0] }
        let names = Array("\0.modinfo\0.shstrtab\0".utf8)
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(value >> ($0 * 8) & 255) }
        }
        func section(name: Int, type: Int, offset: Int, size: Int) -> [UInt8] {
            little(name, 4) + little(type, 4) + little(0, 16) + little(offset, 8) + little(size, 8)
                + little(0, 8) + little(1, 8) + little(0, 8)
        }
        let table = 64 + information.count + names.count
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + Array(repeating: 0, count: 9)
        bytes += little(1, 2) + little(62, 2) + little(1, 4) + little(0, 16) + little(table, 8) + little(0, 4)
        bytes += little(64, 2) + little(0, 4) + little(64, 2) + little(3, 2) + little(2, 2)
        bytes += information + names
        bytes += section(name: 0, type: 0, offset: 0, size: 0)
        bytes += section(name: 1, type: 1, offset: 64, size: information.count)
        bytes += section(name: 10, type: 3, offset: 64 + information.count, size: names.count)
        return bytes
    }

    private static let modules: [(path: String, records: [String])] = [
        ("kernel/net/a-b.ko", ["name=a_b", "depends=c,d", "alias=pci:v1*", "alias=net-pf-10"]),
        ("kernel/net/c.ko", ["name=c", "depends=d-e"]),
        ("kernel/d.ko", ["name=d", "depends="]),
        ("kernel/d-e.ko", ["name=d_e", "depends=d", "softdep=pre: crc32c"]),
    ]

    @Test func `a module's dependencies come before what they need`() {
        let index = ModuleIndex(
            Self.modules.map { module in
                var information = ModuleInformation()
                for record in module.records { information.add(record) }
                return .init(
                    path: ByteString(module.path), name: String(module.records[0].dropFirst("name=".count)),
                    information: information)
            })
        let files = Dictionary(uniqueKeysWithValues: index.files.map { ($0.name, $0.text) })
        #expect(
            files["modules.dep"] == """
                kernel/d-e.ko: kernel/d.ko
                kernel/d.ko:
                kernel/net/a-b.ko: kernel/net/c.ko kernel/d-e.ko kernel/d.ko
                kernel/net/c.ko: kernel/d-e.ko kernel/d.ko

                """)
        #expect(files["modules.alias"]?.hasSuffix("\nalias pci:v1* a_b\nalias net-pf-10 a_b\n") == true)
        #expect(files["modules.softdep"]?.hasSuffix("\nsoftdep d_e pre: crc32c\n") == true)
    }

    @Test(.enabled(if: Tool.available("depmod", "xz", "sh")))
    func `depmod writes the same of the same modules`() throws {
        let directory = try TemporaryDirectory()
        let blobs = PackageBlobs()
        var tree = PackageTree(epoch: BuildStamp().time)
        for module in Self.modules {
            let bytes = Self.module(module.records)
            let path = try directory.write("lib/modules/6.1/\(module.path)", bytes)
            tree.put(
                .init(
                    kind: .regular, metadata: tree.metadata(0o644),
                    contents: try blobs.contents(ofFile: ByteString(path))
                ),
                at: ByteString("lib/modules/6.1/\(module.path)"))
        }
        _ = tree.addParents()
        try ModuleIndex.add(to: &tree, blobs: blobs)
        try Tool.run("depmod", ["-b", directory.path, "6.1"])
        for name in ["modules.alias", "modules.softdep"] {
            let item = try #require(tree[ByteString("lib/modules/6.1/\(name)")])
            var source = try blobs.source(item.contents)
            let ours = String(decoding: try source.readAll(limit: 1 << 20, of: name), as: UTF8.self)
            let theirs = String(decoding: try directory.read("lib/modules/6.1/\(name)"), as: UTF8.self)
            #expect(ours.split(separator: "\n").sorted() == theirs.split(separator: "\n").sorted())
        }
    }

    @Test func `a compressed module is read as it is`() throws {
        let blobs = PackageBlobs()
        var tree = PackageTree(epoch: BuildStamp().time)
        let bytes = try Tool.run("gzip", ["-c"], input: Self.module(["alias=x"])).output
        tree.put(
            .init(kind: .regular, metadata: tree.metadata(0o644), contents: .bytes(ByteString(bytes))),
            at: "usr/lib/modules/1/a.ko.gz")
        _ = tree.addParents()
        try ModuleIndex.add(to: &tree, blobs: blobs)
        guard case .bytes(let alias)? = tree["usr/lib/modules/1/modules.alias"]?.contents else {
            Issue.record("no modules.alias")
            return
        }
        #expect(alias.hasSuffix("\nalias x a\n"))
    }

    @Test func `damaged modules are refused and never crash`() throws {
        let whole = Self.module(["alias=x", "depends=a,b"])
        #expect(try ModuleInformation(of: ByteArrayAccess(whole)).dependencies == ["a", "b"])
        for length in 0..<whole.count {
            #expect(throws: (any Error).self, "\(length) bytes") {
                try ModuleInformation(of: ByteArrayAccess(Array(whole[..<length])))
            }
        }
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= 0xFF
            _ = try? ModuleInformation(of: ByteArrayAccess(bytes))
        }
    }
}
