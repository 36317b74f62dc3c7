internal import Bytes
internal import Digests
public import FileTree
internal import Tar

extension AssembledImage {
    /// The root file system that boots: every entry resolved, the last one of a path counting, without what
    /// lies in `boot`, which a boot loader takes from elsewhere. The directory itself stays, as in LinuxKit.
    /// `addFiles` may add to it what a boot loader looks for there.
    public func bootTree(
        stamp: BuildStamp, addFiles: (inout FileTree.Builder) throws -> Void = { _ in }
    ) throws -> FileTree {
        var builder = FileTree.Builder(stamp: stamp.time)
        let all = entries
        var start = 0
        while start < all.count {
            let group = all[start].group
            var end = start + 1
            while end < all.count, all[end].group == group { end += 1 }
            try Self.add(Self.withoutBootFiles(all[start..<end]), to: &builder)
            start = end
        }
        try addFiles(&builder)
        return builder.freeze()
    }

    /// The entries of one source that are outside `boot`; what has a name there and one elsewhere stays.
    private static func withoutBootFiles(_ group: ArraySlice<AssembledEntry>) -> ArraySlice<AssembledEntry> {
        guard group.contains(where: { isBootFile($0.entry.header.name) }) else { return group }
        let entries = HardLinks.rescued(group.map(\.entry), from: isBootFile)
        return ArraySlice(
            zip(group, entries).compactMap { assembled, entry in
                guard !isBootFile(entry.header.name) else { return nil }
                var assembled = assembled
                assembled.entry = entry
                return assembled
            })
    }

    /// Adds the entries of one source. LinuxKit's order puts a link from an upper layer before its
    /// target in a lower one: such a link waits for it.
    private static func add(
        _ group: ArraySlice<AssembledEntry>, to builder: inout FileTree.Builder
    ) throws(TreeError) {
        var targets: [ByteString: Int] = [:]
        if group.contains(where: { $0.entry.header.typeFlag == .hardLink }) {
            for (index, assembled) in zip(group.indices, group) {
                targets[assembled.entry.header.name.cleanedPath] = index
            }
        }
        var waiting: [Int: [Int]] = [:]
        for index in group.indices {
            let header = group[index].entry.header
            if header.typeFlag == .hardLink, let target = targets[header.linkName.cleanedPath], target > index
            {
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
        do throws(FileTreeError) {
            try builder.add(assembled.entry, isShareable: assembled.isShareable)
        } catch { throw .unresolvable(error, origin: origin(of: assembled.entry)) }
    }

    /// Which image brought the entry, where the configuration names it, and where its contents are.
    private static func origin(of entry: TarEntry) -> String {
        func record(_ key: ByteString) -> String {
            entry.header.records.first { $0.key == key }?.value.text ?? ""
        }
        let image = "\(record("LINUXKIT.source")) (\(record("LINUXKIT.location")))"
        guard record("LINUXKIT.source") != "linuxkit.files",
            case .blob(let layer, let offset, _, _) = entry.contents
        else { return image }
        return "\(image), layer with the diff ID sha256:\(layer.hex), byte \(offset)"
    }

    private static func isBootFile(_ name: ByteString) -> Bool {
        name.cleanedPath.hasPrefix("boot/")
    }
}

/// Why the entries of an image make no file system.
public enum TreeError: Error, Sendable, CustomStringConvertible {
    /// `origin` says which image brought the entry.
    case unresolvable(FileTreeError, origin: String)

    public var description: String {
        switch self {
        case .unresolvable(let error, let origin): "\(origin): its files make no tree: \(error)"
        }
    }
}
