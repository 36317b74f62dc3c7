internal import Bytes
internal import Tar

/// The order in which the entries of one source can be added to a tree: a hard link after its target, which
/// may itself be a link, and everything else in the original order.
struct LinkQueue {
    /// The index of the first entry for each possible link target.
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

    /// The entries that can be added when entry `index` is reached: none if it has to wait, otherwise the entry
    /// and everything that waited for it.
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

    /// The entries that still wait at the end, in order.
    var stuck: [Int] { waiting.values.joined().sorted() }
}
