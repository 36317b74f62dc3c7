internal import Bytes
internal import Digests
public import FileTree
internal import Tar

extension AssembledImage {
    /// The root file system to boot: all entries resolved, the last one of each path counting, without the contents
    /// of `boot`, which boot loaders read from elsewhere. The directory itself stays, as in LinuxKit.
    /// `addFiles` may add files that a boot loader looks for there; `onConflict` is called for entries that could not
    /// be merged.
    public func bootTree(
        stamp: BuildStamp, onConflict: (TreeConflict) -> Void = { _ in },
        addFiles: (inout FileTree.Builder) throws -> Void = { _ in }
    ) throws -> FileTree {
        var builder = FileTree.Builder(stamp: stamp.time, rootDepth: { EntryStream.readOnlyTreeDepth($0) })
        let all = entries
        var start = 0
        while start < all.count {
            let group = all[start].group
            var end = start + 1
            while end < all.count, all[end].group == group { end += 1 }
            try Self.add(Self.withoutBootFiles(all[start..<end]), to: &builder, onConflict)
            start = end
        }
        let known = builder.conflicts.count
        try addFiles(&builder)
        for conflict in builder.conflicts[known...] {
            onConflict(TreeConflict(conflict: conflict, origin: "boot files"))
        }
        return builder.freeze()
    }

    /// The entries of one source outside `boot`; a file with names both there and elsewhere stays.
    private static func withoutBootFiles(_ group: ArraySlice<AssembledEntry>) -> ArraySlice<AssembledEntry> {
        guard group.contains(where: { isBootFile($0.entry.header.name) }) else { return group }
        let entries = HardLinks.relinked(group.map(\.entry), from: isBootFile)
        return ArraySlice(
            zip(group, entries).compactMap { assembled, entry in
                guard !isBootFile(entry.header.name) else { return nil }
                var assembled = assembled
                assembled.entry = entry
                return assembled
            })
    }

    /// Adds the entries of one source. LinuxKit's order puts a link from an upper layer before its
    /// target in a lower one: such a link waits for its target, and links to that link wait too.
    private static func add(
        _ group: ArraySlice<AssembledEntry>, to builder: inout FileTree.Builder,
        _ onConflict: (TreeConflict) -> Void
    ) throws(TreeError) {
        var queue = LinkQueue(group)
        for index in group.indices {
            for ready in queue.ready(after: index, group[index].entry.header) {
                try add(group[ready], to: &builder, onConflict)
            }
        }
        // An entry that waits for itself has no target; adding it reports that.
        for index in queue.stuck { try add(group[index], to: &builder, onConflict) }
    }

    private static func add(
        _ assembled: AssembledEntry, to builder: inout FileTree.Builder,
        _ onConflict: (TreeConflict) -> Void
    ) throws(TreeError) {
        let known = builder.conflicts.count
        do throws(FileTreeError) {
            try builder.add(assembled.entry, isShareable: assembled.isShareable)
        } catch { throw .unresolvable(error, origin: origin(of: assembled.entry)) }
        for conflict in builder.conflicts[known...] {
            onConflict(TreeConflict(conflict: conflict, origin: imageName(of: assembled.entry)))
        }
    }

    /// The image that the entry comes from, its location in the configuration, and that of the contents.
    private static func origin(of entry: TarEntry) -> String {
        let image = imageName(of: entry)
        guard record("LINUXKIT.source", of: entry) != "linuxkit.files",
            case .blob(let layer, let offset, _, _) = entry.contents
        else { return image }
        return "\(image), layer with the diff ID sha256:\(layer.hex), byte \(offset)"
    }

    /// The image and its location in the configuration.
    private static func imageName(of entry: TarEntry) -> String {
        "\(record("LINUXKIT.source", of: entry)) (\(record("LINUXKIT.location", of: entry)))"
    }

    private static func record(_ key: ByteString, of entry: TarEntry) -> String {
        entry.header.records.first { $0.key == key }?.value.text ?? ""
    }

    private static func isBootFile(_ name: ByteString) -> Bool {
        name.cleanedPath.hasPrefix("boot/")
    }
}

/// Entries of several sources for the same path that could not be merged.
public struct TreeConflict: Hashable, Sendable, CustomStringConvertible {
    public let conflict: FileTreeConflict
    /// The image whose entry conflicts with earlier ones, and its location in the configuration.
    public let origin: String

    public var description: String { "\(origin): \(conflict)" }
}

/// Why the entries of an image cannot be resolved to a file system.
public enum TreeError: Error, Sendable, CustomStringConvertible {
    /// `origin` names the image that the entry comes from.
    case unresolvable(FileTreeError, origin: String)

    public var description: String {
        switch self {
        case .unresolvable(let error, let origin): "\(origin): conflicting entries: \(error)"
        }
    }
}
