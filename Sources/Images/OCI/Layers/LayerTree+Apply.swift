internal import Bytes
internal import Tar

extension LayerTree {
    /// Applies the entries of one layer on those below it.
    mutating func apply(_ entries: [LayerEntry], layer: Int32) throws(LayerRefusal) {
        // Marks say what they say once; a thousand equal ones must not cost a thousand walks.
        var hidden: Set<Hidden> = []
        var splitter = EntryNameSplitter()
        for (number, entry) in entries.enumerated() {
            do throws(Refusal) {
                let name = try Self.split(entry.header, &splitter)
                try apply(entry.header, name, EntryID(layer: layer, entry: Int32(number)), &hidden)
            } catch { throw LayerRefusal(entry: entry, reason: error.reason) }
        }
    }

    /// An entry that can't be applied.
    struct LayerRefusal: Error {
        let entry: LayerEntry
        let reason: String
    }

    /// Hidden by a whiteout of the current layer: a name in a directory, or without a name, all its contents.
    private struct Hidden: Hashable {
        let directory: Int32
        let name: ByteString?
    }

    /// An entry's location: the parts of its directory, and its own name there; nil for the root.
    private typealias EntryName = (directory: [ByteString], base: ByteString?)

    private static func split(
        _ header: TarHeader, _ splitter: inout EntryNameSplitter
    ) throws(Refusal) -> EntryName {
        let longest = max(header.name.count, header.linkName.count)
        guard longest <= EntryPath.limit else {
            throw Refusal(reason: "a name of \(longest) bytes; \(EntryPath.limit) is the limit")
        }
        guard let name = splitter.split(header.name) else {
            throw Refusal(reason: "the name climbs out of the image's root")
        }
        return name
    }

    private mutating func apply(
        _ header: TarHeader, _ name: EntryName, _ id: EntryID, _ hidden: inout Set<Hidden>
    ) throws(Refusal) {
        switch LayerMark(directory: name.directory, base: name.base) {
        case .none: try place(header, name, id)
        case .bookkeeping: break
        case .opaque:
            guard let directory = try directory(name.directory) else { return }
            guard hidden.insert(Hidden(directory: directory, name: nil)).inserted else { return }
            for child in nodes[Int(directory)].children.values { try hide(child, from: id.layer) }
        case .whiteout(let victim):
            guard !victim.isEmpty, victim != ".", victim != ".." else {
                throw Refusal(reason: "a whiteout without a name")
            }
            guard let directory = try directory(name.directory),
                let child = nodes[Int(directory)].children[victim]
            else { return }
            guard hidden.insert(Hidden(directory: directory, name: victim)).inserted else { return }
            try hide(child, from: id.layer)
        }
    }

    private mutating func place(_ header: TarHeader, _ name: EntryName, _ id: EntryID) throws(Refusal) {
        guard let base = name.base else {
            guard header.typeFlag == .directory else {
                throw Refusal(reason: "the image's root is a directory and nothing else")
            }
            describe(Self.root, id)
            return
        }
        // The link's target is looked up first: it may be what the entry replaces.
        let target = header.typeFlag == .hardLink ? try linkTarget(header.linkName) : nil
        let directory = try makeDirectory(name.directory)
        let existing = nodes[Int(directory)].children[base]
        if let existing {
            if header.typeFlag == .directory, nodes[Int(existing)].kind == .directory {
                describe(existing, id)
                return
            }
            // Archivers given a file twice write a link of it to itself.
            if let target, target == existing { return }
            if let target, isInside(target, existing) {
                throw Refusal(reason: "a hard link that would replace the directory of its target")
            }
        }
        var node = Node(
            name: base, parent: directory, kind: .other, source: id, position: id.entry, inode: id)
        node.typeFlag = header.typeFlag
        switch header.typeFlag {
        case .directory: (node.kind, node.inode) = (.directory, nil)
        case .symbolicLink: node.kind = .symbolicLink(header.linkName)
        default: break
        }
        if let target { (node.kind, node.inode) = (self[target].kind, self[target].inode) }
        if let existing {
            let old = self[existing]
            if old.source?.layer == id.layer, old.typeFlag == node.typeFlag { node.position = old.position }
            remove(existing)
        }
        _ = try insert(node)
    }

    /// The entry `id` redefines the directory `node`, which stays where its layer named it first.
    private mutating func describe(_ node: Int32, _ id: EntryID) {
        update(node) { node in
            if node.source?.layer != id.layer { node.position = id.entry }
            node.source = id
        }
    }

    private mutating func linkTarget(_ name: ByteString) throws(Refusal) -> Int32 {
        guard var parts = EntryPath.parts(name.bytes) else {
            throw Refusal(reason: "a hard link to \(name.text), outside the image's root")
        }
        guard let base = parts.popLast(), let directory = try directory(parts),
            let target = nodes[Int(directory)].children[base]
        else {
            throw Refusal(reason: "a hard link to \(name.text), which does not exist")
        }
        if self[target].kind == .directory {
            throw Refusal(reason: "a hard link to \(name.text), which is a directory")
        }
        return target
    }
}
