internal import Bytes

/// A path being followed.
struct Walk {
    /// Where absolute links start and `..` ends.
    let root: NameTable.ID
    var current: NameTable.ID
    /// What is still to walk, the next component last: links put their targets on top.
    var rest: [ArraySlice<UInt8>]
    var hops = 0

    init(_ parts: some Collection<ArraySlice<UInt8>>, from root: NameTable.ID = NameTable.root) {
        self.root = root
        current = root
        rest = parts.reversed()
    }

    mutating func climb(_ names: NameTable) {
        if current != root { current = max(names.names[Int(current)].parent, NameTable.root) }
    }
}

extension FileTree.Builder {
    static func split(_ path: ByteString) throws(FileTreeError) -> [Part] {
        if path.count > NameTable.pathLimit { throw .pathTooLong(path: path) }
        var parts: [Part] = []
        for part in path.bytes.split(separator: 0x2F) where !part.elementsEqual([0x2E]) {
            if part.isParent { throw .escapingPath(path: path) }
            if part.count > NameTable.lengthLimit || part.contains(0) { throw .unusableName(path: path) }
            parts.append(part)
        }
        return parts
    }

    /// The directory that `walk` leads to, made where it is missing; nil if a later file is in the way.
    mutating func directory(_ walk: inout Walk, for arrival: Arrival) throws(FileTreeError) -> NameTable.ID? {
        while let part = walk.rest.popLast() {
            if part.isParent {
                walk.climb(names)
                continue
            }
            guard let next = names.find(part, in: walk.current) else {
                nodes.append(made)
                walk.current = try names.insert(part, in: walk.current, node: try lastNodeID(), order: 0)
                continue
            }
            switch kind(next) {
            case .directory: walk.current = next
            case .symbolicLink(let target):
                if case .blocked(.file(let file)) = destination(of: target, at: next, root: walk.root) {
                    report(
                        .linkReplaced(path: names.path(next), target: target, obstacle: .file(file)))
                    walk.current = try makeDirectory(next)
                } else {
                    try follow(target, of: next, path: arrival.path, &walk)
                }
            default:
                guard arrival.order >= names.names[Int(next)].order else {
                    report(.leftOut(path: arrival.cleanedPath, other: names.path(next)))
                    return nil
                }
                report(.fileReplaced(path: names.path(next), needed: arrival.cleanedPath))
                walk.current = try makeDirectory(next)
            }
        }
        return walk.current
    }

    private var made: FileNode {
        FileNode(kind: .directory, metadata: FileMetadata(permissions: 0o755, modified: stamp))
    }

    /// Makes a name that is something else a directory.
    private mutating func makeDirectory(_ id: NameTable.ID) throws(FileTreeError) -> NameTable.ID {
        nodes.append(made)
        names.setNode(try lastNodeID(), of: id, order: 0)
        return id
    }

    /// Continues `walk` at the target of the link `id`.
    func follow(
        _ target: ByteString, of id: NameTable.ID, path: ByteString, _ walk: inout Walk
    ) throws(FileTreeError) {
        walk.hops += 1
        if walk.hops > Self.hopLimit { throw .tooManyLinks(path: path, link: names.path(id)) }
        if target.bytes.first == 0x2F { walk.current = walk.root }
        for part in target.bytes.split(separator: 0x2F).reversed() where !part.elementsEqual([0x2E]) {
            if part.count > NameTable.lengthLimit || part.contains(0) { throw .unusableName(path: path) }
            walk.rest.append(part)
        }
    }

    /// Where a link leads.
    enum Destination {
        /// To a directory, or to where one can be made.
        case directory
        case blocked(FileTreeConflict.Obstacle)
    }

    /// Where a link to `target` in the place of `id` leads.
    func destination(of target: ByteString, at id: NameTable.ID, root: NameTable.ID) -> Destination {
        var walk = Walk([], from: root)
        walk.current = names.names[Int(id)].parent
        // A name that no file can have is reported when the link is followed.
        guard (try? follow(target, of: id, path: target, &walk)) != nil else { return .directory }
        while let part = walk.rest.popLast() {
            if part.isParent {
                walk.climb(names)
                continue
            }
            guard let next = names.find(part, in: walk.current) else {
                // What is missing is made; only a `..` comes back to what exists.
                if Self.staysInMissing(&walk) { return .directory }
                continue
            }
            if next == id { return .blocked(.loop) }
            switch kind(next) {
            case .directory: walk.current = next
            case .symbolicLink(let target):
                if walk.hops == Self.hopLimit { return .blocked(.loop) }
                guard (try? follow(target, of: next, path: target, &walk)) != nil else { return .directory }
            default: return .blocked(.file(names.path(next)))
            }
        }
        return .directory
    }

    /// Skips what a walk does below a missing name; true if it ends there.
    private static func staysInMissing(_ walk: inout Walk) -> Bool {
        var depth = 1
        while depth > 0, let part = walk.rest.popLast() { depth += part.isParent ? -1 : 1 }
        return depth > 0
    }

    /// What `walk` leads to, all links followed; nil if there is nothing.
    private func end(of walk: inout Walk, path: ByteString) throws(FileTreeError) -> NameTable.ID? {
        while let part = walk.rest.popLast() {
            guard kind(walk.current) == .directory else { return nil }
            if part.isParent {
                walk.climb(names)
                continue
            }
            guard let next = names.find(part, in: walk.current) else { return nil }
            if case .symbolicLink(let target) = kind(next) {
                try follow(target, of: next, path: path, &walk)
            } else {
                walk.current = next
            }
        }
        return walk.current
    }

    /// The name at `path`, links followed but at its end.
    func find(_ path: ByteString) throws(FileTreeError) -> NameTable.ID? {
        var parts = try Self.split(path)
        let depth = min(rootDepth(parts), max(parts.count - 1, 0))
        guard let last = parts.popLast() else { return NameTable.root }
        var walk = Walk(parts[..<depth])
        guard let root = try end(of: &walk, path: path) else { return nil }
        walk = Walk(parts[depth...], from: root)
        guard let parent = try end(of: &walk, path: path), kind(parent) == .directory else { return nil }
        return names.find(last, in: parent)
    }
}

extension ArraySlice<UInt8> {
    /// `..`
    fileprivate var isParent: Bool { elementsEqual([0x2E, 0x2E]) }
}
