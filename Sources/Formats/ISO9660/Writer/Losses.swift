internal import Bytes
internal import FileTree

extension ISO9660Loss {
    /// All that is lost of `tree`, in its order; `jolietNames` are the entries that Joliet calls otherwise.
    static func losses(of tree: FileTree, jolietNames: [(entry: Int, name: String)]) -> [ISO9660Loss] {
        var losses: [(entry: Int, loss: ISO9660Loss)] = jolietNames.map {
            ($0.entry, .jolietName(path: tree.path(of: $0.entry), joliet: $0.name))
        }
        for entry in tree {
            if entry.isFirstName, !entry.node.metadata.xattrs.isEmpty {
                let names = entry.node.metadata.xattrs.map(\.name)
                losses.append((entry.index, .attributes(path: entry.path, names: names)))
            }
            if tree.name(of: entry.index).count > RockRidge.linuxNameLimit {
                losses.append((entry.index, .nameBeyondLinux(path: entry.path)))
            }
        }
        return losses.enumerated().sorted { ($0.element.entry, $0.offset) < ($1.element.entry, $1.offset) }
            .map(\.element.loss)
    }
}
