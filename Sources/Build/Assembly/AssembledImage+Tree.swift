internal import Bytes
internal import Digests
public import FileTree
internal import Tar

extension AssembledImage {
    /// The root file system that boots: every entry resolved, the last one of a path counting, without what
    /// lies in `boot`, which a boot loader takes from elsewhere. The directory itself stays, as in LinuxKit.
    /// `addFiles` may add to it what a boot loader looks for there; `onConflict` is called for what could not
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
    /// target in a lower one: such a link waits for it, and so do the links to that link.
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
        // What waits for itself links to nothing, which adding it reports.
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

    /// Which image brought the entry, where the configuration names it, and where its contents are.
    private static func origin(of entry: TarEntry) -> String {
        let image = imageName(of: entry)
        guard record("LINUXKIT.source", of: entry) != "linuxkit.files",
            case .blob(let layer, let offset, _, _) = entry.contents
        else { return image }
        return "\(image), layer with the diff ID sha256:\(layer.hex), byte \(offset)"
    }

    /// The image and its place in the configuration.
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

/// Something that sources of files want at one place and that could not be merged.
public struct TreeConflict: Hashable, Sendable, CustomStringConvertible {
    public let conflict: FileTreeConflict
    /// The image, and its place in the configuration, whose entry met the others.
    public let origin: String

    public var description: String { "\(origin): \(conflict)" }
}

/// Why the entries of an image cannot be resolved to a file system.
public enum TreeError: Error, Sendable, CustomStringConvertible {
    /// `origin` says which image brought the entry.
    case unresolvable(FileTreeError, origin: String)

    public var description: String {
        switch self {
        case .unresolvable(let error, let origin): "\(origin): conflicting entries: \(error)"
        }
    }
}
