import Bytes
import FileTree
import Testing

@Suite struct DropAttributesTests {
    @Test("What a format cannot store is removed and named, once a file and in the order of the tree")
    func drop() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        func add(_ path: ByteString, _ names: [ByteString]) throws {
            let metadata = FileMetadata(
                permissions: 0o644, modified: Timestamp(seconds: 0),
                xattrs: names.map { ExtendedAttribute(name: $0, value: "v") })
            try builder.add(path, FileNode(kind: .regular, metadata: metadata))
        }
        try add("z", ["system.b", "user.a"])
        try builder.addHardLink("link", to: "z")
        try add("b", ["user.a"])
        try add("c/d", ["system.a", "system.b"])
        var tree = builder.freeze()
        let dropped = tree.dropAttributes { $0.filter { $0.name.hasPrefix("user.") } }
        #expect(
            dropped == [
                DroppedAttribute(path: "c/d", name: "system.a"),
                DroppedAttribute(path: "c/d", name: "system.b"),
                DroppedAttribute(path: "link", name: "system.b"),
            ])
        #expect(tree.flatMap { $0.node.metadata.xattrs.map(\.name) } == ["user.a", "user.a", "user.a"])
        #expect(tree.dropAttributes { $0 }.isEmpty)
    }
}
