internal import Bytes

/// A file on its way to its place.
struct Arrival {
    let path: ByteString
    /// The components of the path; at least one.
    let parts: [ArraySlice<UInt8>]
    let node: Int32
    /// When it was added: the higher one of two counts. 0 for directories that nobody added.
    let order: UInt32

    /// The path without slashes at the ends, doubled ones and `.` components.
    var cleanedPath: ByteString { ByteString(parts.joined(separator: [0x2F])) }
}

extension FileTree.Builder {
    typealias Part = ArraySlice<UInt8>

    /// A name in a directory whose links are seen from `root`.
    private struct Place {
        let name: Part
        let parent: NameTable.ID
        let root: NameTable.ID
    }

    /// Puts a file where its path leads, and then what that moves. The moves are kept in a list: however deep
    /// they are nested, the stack does not grow.
    mutating func settle(_ first: Arrival) throws(FileTreeError) {
        var pending = [first]
        while let arrival = pending.popLast() {
            guard let name = arrival.parts.last else { continue }
            let directories = arrival.parts.dropLast()
            let depth = min(rootDepth(arrival.parts), directories.count)
            var root: NameTable.ID? = NameTable.root
            if depth > 0 {
                var walk = Walk(directories[..<depth])
                root = try directory(&walk, for: arrival)
            }
            guard let root else { continue }
            var walk = Walk(directories[depth...], from: root)
            guard let parent = try directory(&walk, for: arrival) else { continue }
            try put(arrival, at: Place(name: name, parent: parent, root: root), &pending)
        }
    }

    private mutating func put(
        _ arrival: Arrival, at place: Place, _ pending: inout [Arrival]
    ) throws(FileTreeError) {
        guard let old = names.find(place.name, in: place.parent) else {
            _ = try names.insert(
                place.name, in: place.parent, node: arrival.node, order: arrival.order)
            return
        }
        let isLater = arrival.order >= names.names[Int(old)].order
        switch (nodes[Int(arrival.node)].kind, kind(old)) {
        case (.directory, .directory): describe(old, arrival)
        case (.directory, .symbolicLink(let target)):
            try putDirectory(arrival, over: old, linkedTo: target, place)
        case (.symbolicLink(let target), .directory):
            try putLink(arrival, to: target, over: old, place, &pending)
        case (.directory, _):
            if isLater {
                report(.fileReplaced(path: names.path(old), needed: arrival.cleanedPath))
                names.setNode(arrival.node, of: old, order: arrival.order)
            } else {
                report(.leftOut(path: names.path(old), other: names.path(old)))
            }
        case (_, .directory):
            if isLater {
                if !names.children(of: old).isEmpty { report(.directoryReplaced(path: names.path(old))) }
                _ = try names.replace(old, node: arrival.node, order: arrival.order)
            } else {
                report(.leftOut(path: names.path(old), other: names.path(old)))
            }
        default:
            if isLater { names.setNode(arrival.node, of: old, order: arrival.order) }
        }
    }

    /// Gives the directory `id` the metadata of a later one.
    private mutating func describe(_ id: NameTable.ID, _ arrival: Arrival) {
        guard arrival.order > names.names[Int(id)].order else { return }
        nodes[Int(names.names[Int(id)].node)].metadata = nodes[Int(arrival.node)].metadata
        names.setOrder(arrival.order, of: id)
    }

    /// A directory over a link: where the link leads, if a directory is there or can be.
    private mutating func putDirectory(
        _ arrival: Arrival, over link: NameTable.ID, linkedTo target: ByteString, _ place: Place
    ) throws(FileTreeError) {
        switch destination(of: target, at: link, root: place.root) {
        case .directory:
            var walk = Walk([], from: place.root)
            walk.current = place.parent
            try follow(target, of: link, path: arrival.path, &walk)
            if let directory = try directory(&walk, for: arrival) { describe(directory, arrival) }
        case .blocked(.loop): throw .tooManyLinks(path: arrival.path, link: names.path(link))
        case .blocked(let obstacle):
            report(.linkReplaced(path: names.path(link), target: target, obstacle: obstacle))
            names.setNode(arrival.node, of: link, order: arrival.order)
        }
    }

    /// A link over a directory: everything in it arrives again, now that the link is there.
    private mutating func putLink(
        _ arrival: Arrival, to target: ByteString, over old: NameTable.ID, _ place: Place,
        _ pending: inout [Arrival]
    ) throws(FileTreeError) {
        if case .blocked(let obstacle) = destination(of: target, at: old, root: place.root) {
            if names.children(of: old).isEmpty, arrival.order >= names.names[Int(old)].order {
                _ = try names.replace(old, node: arrival.node, order: arrival.order)
            } else {
                report(.linkLeftOut(path: names.path(old), target: target, obstacle: obstacle))
            }
            return
        }
        let members = names.subtree(of: old)
        moved += members.count
        if moved > moveLimit { throw .tooManyMoves(path: names.path(old), limit: moveLimit) }
        for member in members.reversed() {
            let name = names.names[Int(member)]
            let path = names.path(member)
            pending.append(
                Arrival(path: path, parts: try Self.split(path), node: name.node, order: name.order))
        }
        _ = try names.replace(old, node: arrival.node, order: arrival.order)
    }

    mutating func report(_ conflict: FileTreeConflict) {
        if conflicts.count < Self.conflictLimit, conflicts.last != conflict { conflicts.append(conflict) }
    }
}
