import Bytes
import FileTree

let stamp = Timestamp(seconds: 1000)

/// Files in a line each: shorter to write and to compare than nodes.
extension FileTree.Builder {
    init() { self.init(stamp: stamp) }

    mutating func directory(_ path: ByteString, permissions: UInt16 = 0o700) throws(FileTreeError) {
        try add(path, FileNode(kind: .directory, metadata: .test(permissions)))
    }

    mutating func file(
        _ path: ByteString, _ text: ByteString, permissions: UInt16 = 0o644, isShareable: Bool = false
    ) throws(FileTreeError) {
        try add(
            path,
            FileNode(
                kind: .regular, metadata: .test(permissions), contents: .bytes(text), isShareable: isShareable
            ))
    }

    mutating func link(_ path: ByteString, _ target: ByteString) throws(FileTreeError) {
        try add(path, FileNode(kind: .symbolicLink(target), metadata: .test(0o777)))
    }

    /// The tree as `path kind`, one an entry, without the root.
    consuming func lines() -> [String] { freeze().lines }
}

extension FileMetadata {
    static func test(_ permissions: UInt16) -> FileMetadata {
        FileMetadata(permissions: permissions, uid: 1, gid: 2, modified: Timestamp(seconds: 5))
    }
}

extension FileTree {
    var lines: [String] {
        dropFirst().map { entry in
            let permissions = String(entry.node.metadata.permissions, radix: 8)
            let links =
                entry.linkCount > 1 ? " \(entry.isFirstName ? "first" : "link") of \(entry.linkCount)" : ""
            switch entry.node.kind {
            case .directory: return "\(entry.path)/ \(permissions)"
            case .symbolicLink(let target): return "\(entry.path) -> \(target)"
            case .regular:
                guard case .bytes(let text) = entry.node.contents else { return "\(entry.path) blob" }
                return "\(entry.path) '\(text)'\(links)"
            default: return "\(entry.path) special\(links)"
            }
        }
    }
}
