internal import Bytes
internal import FileTree

/// Merged `/usr`: the directories of the root that are links into it (file-hierarchy(7)).
enum MergedUsr {
    static let aliases: [ByteString] = ["bin", "lib", "lib32", "lib64", "libo32", "libx32", "sbin"]

    /// Puts the links into an empty tree, so that whatever comes to `lib` goes to `usr/lib`.
    static func addLinks(to tree: inout PackageTree) {
        for alias in aliases {
            tree.put(
                PackageTree.Item(kind: .symbolicLink("usr/" + alias), metadata: tree.metadata(0o777)),
                at: alias)
        }
    }

    /// Takes those away that would lead nowhere.
    static func removeDanglingLinks(from tree: inout PackageTree) {
        for alias in aliases
        where tree[alias]?.kind == .symbolicLink("usr/" + alias) && tree["usr/" + alias] == nil
            && !tree.hasChildren("usr/" + alias)
        {
            tree.take(alias)
        }
    }

    /// The pattern as it stands for merged paths: `lib/modules` is `usr/lib/modules`.
    static func glob(_ glob: Glob) -> Glob {
        let text = ImagePath.normalize(glob.text.utf8) ?? ByteString()
        let first = ByteString(text.bytes.prefix { $0 != UInt8(ascii: "/") })
        guard aliases.contains(first) else { return glob }
        return Glob("usr/\(text.text)") ?? glob
    }
}
