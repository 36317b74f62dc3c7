public import Bytes
public import FileTree
internal import Tar

extension AssembledImage {
    /// The root file system that boots: every entry resolved, the last one of a path counting, without what
    /// lies in `boot`, which a boot loader takes from elsewhere. The directory itself stays, as in LinuxKit.
    public func bootTree(stamp: BuildStamp) throws(TreeError) -> FileTree {
        var builder = FileTree.Builder(stamp: stamp.time)
        let all = entries
        var start = 0
        while start < all.count {
            let group = all[start].group
            var end = start + 1
            while end < all.count, all[end].group == group { end += 1 }
            try Self.add(all[start..<end], to: &builder)
            start = end
        }
        return builder.freeze()
    }

    /// Adds the entries of one source. LinuxKit's order puts a link from an upper layer before its
    /// target in a lower one: such a link waits for it.
    private static func add(
        _ group: ArraySlice<AssembledEntry>, to builder: inout FileTree.Builder
    ) throws(TreeError) {
        var targets: [ByteString: Int] = [:]
        if group.contains(where: { $0.entry.header.typeFlag == .hardLink }) {
            for (index, assembled) in zip(group.indices, group) {
                targets[cleaned(assembled.entry.header.name)] = index
            }
        }
        var waiting: [Int: [Int]] = [:]
        for index in group.indices {
            let header = group[index].entry.header
            if header.typeFlag == .hardLink, let target = targets[cleaned(header.linkName)], target > index {
                waiting[target, default: []].append(index)
                continue
            }
            // A link that waited may itself be waited for.
            var ready = [index]
            while let next = ready.popLast() {
                try add(group[next], to: &builder)
                ready += (waiting.removeValue(forKey: next) ?? []).reversed()
            }
        }
    }

    private static func add(
        _ assembled: AssembledEntry, to builder: inout FileTree.Builder
    ) throws(TreeError) {
        let header = assembled.entry.header
        guard !isBootFile(header.name) else { return }
        do throws(FileTreeError) {
            if header.typeFlag == .hardLink {
                return try builder.addHardLink(
                    header.name, to: header.linkName, isShareable: assembled.isShareable)
            }
        } catch { throw TreeError.unresolvable(error) }
        let node = FileNode(
            kind: try header.fileKind, metadata: try header.fileMetadata, contents: assembled.entry.contents,
            isShareable: assembled.isShareable)
        do throws(FileTreeError) { try builder.add(header.name, node) } catch { throw .unresolvable(error) }
    }

    /// The path without empty and `.` components: links may spell their targets in other ways.
    private static func cleaned(_ path: ByteString) -> ByteString {
        let slash = UInt8(ascii: "/")
        let parts = path.bytes.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        return ByteString(parts.joined(separator: [slash]))
    }

    private static func isBootFile(_ name: ByteString) -> Bool {
        cleaned(name).hasPrefix("boot/")
    }
}

/// Why the entries of an image make no file system.
public enum TreeError: Error, Sendable, CustomStringConvertible {
    case unresolvable(FileTreeError)
    /// An owner or device number that no file system has.
    case impossibleNumber(path: ByteString, field: String, value: Int64)

    public var description: String {
        switch self {
        case .unresolvable(let error): "the image's files make no tree: \(error)"
        case .impossibleNumber(let path, let field, let value):
            "\(path): \(field) \(value) is outside what a file system can hold"
        }
    }
}

extension TarHeader {
    fileprivate var fileKind: FileKind {
        get throws(TreeError) {
            switch typeFlag {
            case .regular, .hardLink: return .regular
            case .directory: return .directory
            case .symbolicLink: return .symbolicLink(linkName)
            case .fifo: return .fifo
            case .characterDevice:
                return .characterDevice(
                    major: try number(deviceMajor, "device number"),
                    minor: try number(deviceMinor, "device number"))
            case .blockDevice:
                return .blockDevice(
                    major: try number(deviceMajor, "device number"),
                    minor: try number(deviceMinor, "device number"))
            }
        }
    }

    fileprivate var fileMetadata: FileMetadata {
        get throws(TreeError) {
            let prefix: ByteString = "SCHILY.xattr."
            var xattrs = records.filter { $0.key.hasPrefix(prefix) }.map { record in
                ExtendedAttribute(
                    name: ByteString(record.key.bytes.dropFirst(prefix.count)), value: record.value)
            }
            xattrs.sort { $0.name < $1.name }
            return FileMetadata(
                permissions: UInt16(truncatingIfNeeded: mode & 0o7777), uid: try number(uid, "uid"),
                gid: try number(gid, "gid"), modified: modified, xattrs: xattrs)
        }
    }

    private func number(_ value: Int64, _ field: String) throws(TreeError) -> UInt32 {
        guard let number = UInt32(exactly: value) else {
            throw .impossibleNumber(path: name, field: field, value: value)
        }
        return number
    }
}
