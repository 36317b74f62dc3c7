import Bytes
import FileTree
import Tar
import Testing

@Suite struct TarTreeTests {
    @Test("Members of every kind become nodes with all they have")
    func members() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        var file = TarHeader(name: "./dir/file", typeFlag: .regular)
        file.size = 4
        file.mode = 0o104755
        file.uid = 4_294_967_294
        file.modified = Timestamp(seconds: 7, nanoseconds: 8)
        file.records = [
            PaxRecord(key: "SCHILY.xattr.user.b", value: "2"), PaxRecord(key: "LINUXKIT.source", value: "s"),
            PaxRecord(key: "SCHILY.xattr.user.a", value: "1"),
        ]
        try builder.add(TarEntry(header: file, contents: .bytes("text")), isShareable: true)
        var link = TarHeader(name: "link", typeFlag: .hardLink)
        link.linkName = "dir/file"
        try builder.add(TarEntry(header: link), isShareable: true)
        var device = TarHeader(name: "null", typeFlag: .characterDevice)
        (device.deviceMajor, device.deviceMinor) = (1, 3)
        try builder.add(TarEntry(header: device))
        let tree = builder.freeze()
        #expect(tree.map(\.path) == ["", "dir", "dir/file", "link", "null"])
        let node = tree[3].node
        #expect(node.contents == .bytes("text"))
        #expect(node.isShareable)
        let xattrs = [
            ExtendedAttribute(name: "user.a", value: "1"), ExtendedAttribute(name: "user.b", value: "2"),
        ]
        #expect(
            node.metadata
                == FileMetadata(
                    permissions: 0o4755, uid: 4_294_967_294, modified: Timestamp(seconds: 7, nanoseconds: 8),
                    xattrs: xattrs))
        #expect(tree[2].linkCount == 2)
        #expect(tree[4].node.kind == .characterDevice(major: 1, minor: 3))
    }

    @Test("Owners and device numbers beyond 32 bits are refused by name")
    func outOfRange() {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        var header = TarHeader(name: "f", typeFlag: .blockDevice)
        header.uid = -1
        #expect(throws: FileTreeError.outOfRange(field: "uid", path: "f")) {
            try builder.add(TarEntry(header: header))
        }
        header.uid = 0
        header.deviceMinor = 1 << 32
        #expect(throws: FileTreeError.outOfRange(field: "device number", path: "f")) {
            try builder.add(TarEntry(header: header))
        }
    }
}
