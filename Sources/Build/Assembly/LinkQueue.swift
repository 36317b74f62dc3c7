internal import Bytes
internal import Tar

/// The order in which the entries of one source can be added to a tree: a hard link after the name that it
/// links to, be that a link itself, and everything else as it comes.
struct LinkQueue {
    /// Where each name that a link may mean comes first.
    private var targets: [ByteString: Int] = [:]
    private var added: Set<Int> = []
    private var waiting: [Int: [Int]] = [:]

    init(_ group: ArraySlice<AssembledEntry>) {
        guard group.contains(where: { $0.entry.header.typeFlag == .hardLink }) else { return }
        for (index, assembled) in zip(group.indices, group) {
            let name = assembled.entry.header.name.cleanedPath
            if targets[name] == nil { targets[name] = index }
        }
    }

    /// What can be added now that entry `index` comes: nothing if it has to wait, else the entry and
    /// everything that waited for it.
    mutating func ready(after index: Int, _ header: TarHeader) -> [Int] {
        if header.typeFlag == .hardLink, let target = targets[header.linkName.cleanedPath], target != index,
            !added.contains(target)
        {
            waiting[target, default: []].append(index)
            return []
        }
        if targets.isEmpty { return [index] }
        var ready: [Int] = []
        var pending = [index]
        while let next = pending.popLast() {
            added.insert(next)
            ready.append(next)
            pending += (waiting.removeValue(forKey: next) ?? []).reversed()
        }
        return ready
    }

    /// What still waits when every entry has come, in order.
    var stuck: [Int] { waiting.values.joined().sorted() }
}
