internal import Bytes

extension FileTree {
    /// Sorts what a builder gathered.
    init(names: NameTable, nodes: consuming [FileNode]) {
        let children = SortedChildren(names)
        records = []
        records.reserveCapacity(children.count + 1)
        nameBytes = names.bytes
        self.nodes = nodes
        // Names still to emit, the next one last, each with the entry of its directory.
        var pending: [(name: NameTable.ID, parent: Int32)] = [(NameTable.root, -1)]
        while let (id, parent) = pending.popLast() {
            let name = names.names[Int(id)]
            let entry = Int32(records.count)
            records.append(
                Record(
                    parent: parent, node: name.node, end: entry + 1, nameOffset: name.offset,
                    nameLength: name.length))
            for child in children[id].reversed() { pending.append((child, entry)) }
        }
        // Entries come after their directory, so that backwards every end is known before it is needed.
        for entry in records.indices.dropFirst().reversed() {
            let parent = Int(records[entry].parent)
            records[parent].end = Swift.max(records[parent].end, records[entry].end)
        }
        numberNodes()
    }

    /// Numbers the nodes by their first names, drops those without one, and counts names.
    mutating func numberNodes() {
        var numbers = [Int32](repeating: -1, count: nodes.count)
        links = []
        for entry in records.indices {
            let old = Int(records[entry].node)
            if numbers[old] < 0 {
                numbers[old] = Int32(links.count)
                links.append((first: Int32(entry), count: 0))
            }
            records[entry].node = numbers[old]
            links[Int(numbers[old])].count += 1
        }
        var unnamed = Int32(links.count)
        for node in numbers.indices where numbers[node] < 0 {
            numbers[node] = unnamed
            unnamed += 1
        }
        reorderNodes(&numbers)
        nodes.removeLast(nodes.count - links.count)
    }

    /// Moves every node to its number, in place: a second array of nodes would be the peak of memory.
    private mutating func reorderNodes(_ numbers: inout [Int32]) {
        for place in numbers.indices {
            while case let number = Int(numbers[place]), number != place {
                nodes.swapAt(place, number)
                numbers.swapAt(place, number)
            }
        }
    }
}

/// The names that are alive, by directory, sorted.
private struct SortedChildren {
    private var starts: [Int32]
    private var ids: [NameTable.ID]

    var count: Int { ids.count }

    init(_ names: NameTable) {
        let count = names.names.count
        // A directory's name is older than those in it, so one pass tells who is alive.
        var isAlive = [Bool](repeating: true, count: count)
        starts = [Int32](repeating: 0, count: count + 1)
        for id in 1..<Swift.max(count, 1) {
            let name = names.names[id]
            isAlive[id] = !name.isDead && isAlive[Int(name.parent)]
            if isAlive[id] { starts[Int(name.parent) + 1] += 1 }
        }
        for id in 0..<count { starts[id + 1] += starts[id] }
        ids = [NameTable.ID](repeating: 0, count: Int(starts[count]))
        var next = starts
        for id in 1..<Swift.max(count, 1) where isAlive[id] {
            let parent = Int(names.names[id].parent)
            ids[Int(next[parent])] = NameTable.ID(id)
            next[parent] += 1
        }
        sort(names)
    }

    private mutating func sort(_ names: NameTable) {
        names.bytes.withUnsafeBufferPointer { bytes in
            let text = { (id: NameTable.ID) -> UnsafeBufferPointer<UInt8>.SubSequence in
                let name = names.names[Int(id)]
                return bytes[Int(name.offset)..<Int(name.offset) + Int(name.length)]
            }
            for parent in 0..<starts.count - 1 where starts[parent + 1] - starts[parent] > 1 {
                let range = Int(starts[parent])..<Int(starts[parent + 1])
                ids[range].sort { text($0).lexicographicallyPrecedes(text($1)) }
            }
        }
    }

    subscript(parent: NameTable.ID) -> ArraySlice<NameTable.ID> {
        ids[Int(starts[Int(parent)])..<Int(starts[Int(parent) + 1])]
    }
}
