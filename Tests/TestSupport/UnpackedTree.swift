internal import Bytes
public import FileTree
internal import Foundation
internal import Host
internal import Tar

/// A tree as files on this machine's disk, unpacked by GNU tar, for tools that make images from a directory.
/// Only root can have all owners, devices and attributes; sockets are left out.
public struct UnpackedTree {
    public let path: String
    private let directory: TemporaryDirectory

    public static var isPossible: Bool { geteuid() == 0 && Tool.available("tar") }

    public init(_ tree: FileTree, _ store: some BlobStore) throws {
        directory = try TemporaryDirectory()
        path = "\(directory.path)/root"
        try directory.write("root/.keep", "")
        try FileManager.default.removeItem(atPath: "\(path)/.keep")
        var writer = TarWriter(BufferedSink(try AtomicFile(path: "\(directory.path)/archive")))
        var names: [Int: ByteString] = [:]
        for entry in tree where entry.node.kind != .socket {
            let name = entry.path.isEmpty ? "." : entry.path
            var header = Self.header(name, entry.node)
            if let first = names[entry.nodeIndex] {
                header = TarHeader(name: name, typeFlag: .hardLink)
                header.linkName = first
            }
            names[entry.nodeIndex] = name
            let contents = header.typeFlag == .regular ? entry.node.contents : .empty
            header.size = contents.count
            try writer.write(TarEntry(header: header, contents: contents), from: store)
        }
        try writer.finish().finish().commit()
        try Tool.run(
            "tar",
            [
                "-xpf", "\(directory.path)/archive", "-C", path, "--numeric-owner", "--same-owner",
                "--xattrs",
                "--xattrs-include=*",
            ], environment: ["LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    }

    private static func header(_ name: ByteString, _ node: FileNode) -> TarHeader {
        var header = TarHeader(name: name, typeFlag: .regular)
        switch node.kind {
        case .regular, .socket: break
        case .directory: header.typeFlag = .directory
        case .symbolicLink(let target):
            header.typeFlag = .symbolicLink
            header.linkName = target
        case .characterDevice(let major, let minor):
            header.typeFlag = .characterDevice
            (header.deviceMajor, header.deviceMinor) = (Int64(major), Int64(minor))
        case .blockDevice(let major, let minor):
            header.typeFlag = .blockDevice
            (header.deviceMajor, header.deviceMinor) = (Int64(major), Int64(minor))
        case .fifo: header.typeFlag = .fifo
        }
        let metadata = node.metadata
        header.mode = Int64(metadata.permissions)
        (header.uid, header.gid) = (Int64(metadata.uid), Int64(metadata.gid))
        header.modified = metadata.modified
        header.records = metadata.xattrs.map {
            PaxRecord(key: ByteString(TarHeader.xattrPrefix) + $0.name, value: $0.value)
        }
        return header
    }
}
