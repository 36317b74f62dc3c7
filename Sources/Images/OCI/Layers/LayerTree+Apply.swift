internal import Bytes
internal import Tar

extension LayerTree {
    /// Applies the entries of one layer on those below it.
    mutating func apply(_ entries: [LayerEntry], layer: Int32) throws(LayerRefusal) {
        // Marks say what they say once; a thousand equal ones must not cost a thousand walks.
        var hidden: Set<Hidden> = []
        for (number, entry) in entries.enumerated() {
            do throws(Refusal) {
                try apply(entry, EntryID(layer: layer, entry: Int32(number)), &hidden)
            } catch { throw LayerRefusal(entry: entry, reason: error.reason) }
        }
    }

    /// An entry that can't be applied.
    struct LayerRefusal: Error {
        let entry: LayerEntry
        let reason: String
    }

    /// What a mark of the present layer has hidden: a name in a folder, or with no name all that is in it.
    private struct Hidden: Hashable {
        let folder: Int32
        let name: ByteString?
    }

    private mutating func apply(
        _ entry: LayerEntry, _ id: EntryID, _ hidden: inout Set<Hidden>
    ) throws(Refusal) {
        let name = entry.header.name
        guard name.count <= EntryPath.limit else {
            throw Refusal(reason: "a name of \(name.count) bytes; \(EntryPath.limit) is the limit")
        }
        guard let parts = EntryPath.parts(name) else {
            throw Refusal(reason: "the name climbs out of the image's root")
        }
        switch LayerMark(parts) {
        case .none: try place(entry, parts, id)
        case .bookkeeping: break
        case .opaque:
            guard let folder = folder(parts.dropLast()) else { return }
            guard hidden.insert(Hidden(folder: folder, name: nil)).inserted else { return }
            for child in self[folder].children.values { hide(child, from: id.layer) }
        case .whiteout(let victim):
            guard !victim.isEmpty, victim != ".", victim != ".." else {
                throw Refusal(reason: "a whiteout that names nothing")
            }
            guard let folder = folder(parts.dropLast()), let child = self[folder].children[victim] else {
                return
            }
            guard hidden.insert(Hidden(folder: folder, name: victim)).inserted else { return }
            hide(child, from: id.layer)
        }
    }

    private mutating func place(_ entry: LayerEntry, _ parts: [ByteString], _ id: EntryID) throws(Refusal) {
        guard let base = parts.last else {
            guard entry.header.typeFlag == .directory else {
                throw Refusal(reason: "the image's root is a directory and nothing else")
            }
            describe(Self.root, id)
            return
        }
        // The link's target is looked up first: it may be what the entry replaces.
        let target = entry.header.typeFlag == .hardLink ? try linkTarget(entry.header.linkName) : nil
        let folder = try makeFolder(parts.dropLast())
        let existing = self[folder].children[base]
        if let existing {
            if entry.header.typeFlag == .directory, self[existing].kind == .directory {
                describe(existing, id)
                return
            }
            // Archivers given a file twice write a link of it to itself.
            if let target, target == existing { return }
            if let target, isInside(target, existing) {
                throw Refusal(reason: "a hard link in place of the folder that its target is in")
            }
        }
        var node = Node(name: base, parent: folder, kind: .other, source: id, position: id.entry, inode: id)
        node.typeFlag = entry.header.typeFlag
        switch entry.header.typeFlag {
        case .directory: (node.kind, node.inode) = (.directory, nil)
        case .symbolicLink: node.kind = .symbolicLink(entry.header.linkName)
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

    /// The entry `id` says anew what the directory `node` is; it stays where its layer named it first.
    private mutating func describe(_ node: Int32, _ id: EntryID) {
        update(node) { node in
            if node.source?.layer != id.layer { node.position = id.entry }
            node.source = id
        }
    }

    private func linkTarget(_ name: ByteString) throws(Refusal) -> Int32 {
        guard let parts = EntryPath.parts(name) else {
            throw Refusal(reason: "a hard link to \(name.text), outside the image's root")
        }
        guard let base = parts.last, let folder = folder(parts.dropLast()),
            let target = self[folder].children[base]
        else {
            throw Refusal(reason: "a hard link to \(name.text), which is not there")
        }
        if self[target].kind == .directory {
            throw Refusal(reason: "a hard link to \(name.text), which is a directory")
        }
        return target
    }
}
