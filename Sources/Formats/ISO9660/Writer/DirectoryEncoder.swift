internal import Bytes
internal import FileTree

/// Writes the directories of a hierarchy, record by record.
struct DirectoryEncoder {
    let tree: FileTree
    let stamp: BuildStamp
    let hierarchy: DirectoryHierarchy

    /// Primary directories, with Rock Ridge in their system use fields.
    func primary() throws(ISO9660Error) -> [DirectoryExtent] {
        let attributes = PosixAttributesTable(tree)
        var extents: [DirectoryExtent] = []
        extents.reserveCapacity(hierarchy.directories.count)
        for (number, directory) in hierarchy.directories.enumerated() {
            var extent = DirectoryExtent()
            appendSelf(number, directory, attributes, to: &extent)
            appendParent(directory, attributes, to: &extent)
            for child in directory.children { try append(child, attributes, to: &extent) }
            try check(extent, directory)
            extents.append(extent)
        }
        return extents
    }

    /// Joliet's directories, which have no system use fields. Names of 64 characters leave no room in the 128 bytes
    /// of an identifier for a version, so no name has one.
    func joliet() throws(ISO9660Error) -> [DirectoryExtent] {
        var extents: [DirectoryExtent] = []
        extents.reserveCapacity(hierarchy.directories.count)
        for (number, directory) in hierarchy.directories.enumerated() {
            var extent = DirectoryExtent()
            extent.append(record(ofDirectory: number, [0], modified(number)), [])
            extent.append(record(ofDirectory: directory.parent, [1], modified(directory.parent)), [])
            for child in directory.children {
                for record in records(of: child, child.identifier) { extent.append(record, []) }
            }
            try check(extent, directory)
            extents.append(extent)
        }
        return extents
    }

    private func check(
        _ extent: DirectoryExtent, _ directory: DirectoryHierarchy.Directory
    ) throws(ISO9660Error) {
        if UInt32(exactly: extent.recordSectors * Sector.size) == nil {
            throw .directoryTooLarge(path: directory.entry.map { tree.path(of: $0) } ?? "rr_moved")
        }
    }
}

extension DirectoryEncoder {
    private func modified(_ number: Int) -> Timestamp {
        guard let entry = hierarchy.directories[number].entry else { return stamp.time }
        return tree.node(of: entry).metadata.modified
    }

    private func record(
        ofDirectory number: Int, _ identifier: [UInt8], _ modified: Timestamp
    ) -> DirectoryRecord {
        DirectoryRecord(
            extent: .directory(number), modified: modified, flags: DirectoryRecord.directoryFlag,
            identifier: identifier)
    }

    /// The records of a child: one, or one for each section of a file of 4 GiB and more.
    private func records(
        of child: DirectoryHierarchy.Child, _ identifier: [UInt8]
    ) -> [DirectoryRecord] {
        let node = tree.node(of: child.entry)
        let time = node.metadata.modified
        switch child.role {
        case .relocation:
            return [record(ofDirectory: hierarchy.relocation ?? 0, identifier, stamp.time)]
        case .directory, .moved:
            return [record(ofDirectory: Int(hierarchy.numbers[child.entry]), identifier, time)]
        case .file where node.kind == .regular && node.contents.count > 0:
            let lengths = FileSections.lengths(node.contents.count)
            return lengths.indices.map { section in
                DirectoryRecord(
                    extent: .section(
                        node: tree.nodeIndex(of: child.entry), section: section, length: lengths[section]),
                    modified: time,
                    flags: section + 1 < lengths.count ? DirectoryRecord.multiExtentFlag : 0,
                    identifier: identifier)
            }
        case .file, .placeholder:
            return [DirectoryRecord(extent: .empty, modified: time, flags: 0, identifier: identifier)]
        }
    }
}

extension DirectoryEncoder {
    private func attributes(
        _ entry: Int?, _ table: PosixAttributesTable
    ) -> PosixAttributes {
        entry.map { table[$0] } ?? table.relocation(stamp: stamp)
    }

    /// The record `.`, whose attributes Linux takes for the directory's. The root's says that Rock Ridge is there.
    private func appendSelf(
        _ number: Int, _ directory: DirectoryHierarchy.Directory, _ table: PosixAttributesTable,
        to extent: inout DirectoryExtent
    ) {
        let own = attributes(directory.entry, table)
        var entries = [own.entry, own.timeEntry]
        if number == 0 { entries = [.sharingProtocol] + entries + [.rockRidge] }
        extent.append(record(ofDirectory: number, [0], own.modified), entries)
    }

    /// The record `..`, with the attributes of the directory that this one lies in as the tree has it.
    private func appendParent(
        _ directory: DirectoryHierarchy.Directory, _ table: PosixAttributesTable,
        to extent: inout DirectoryExtent
    ) {
        let above = directory.entry.map { tree.parent(of: $0) ?? FileTree.root } ?? FileTree.root
        let its = table[above]
        var entries = [its.entry, its.timeEntry]
        if directory.isMoved { entries.append(RockRidge.parentLink(Int(hierarchy.numbers[above]))) }
        extent.append(record(ofDirectory: directory.parent, [1], its.modified), entries)
    }

    private func append(
        _ child: DirectoryHierarchy.Child, _ table: PosixAttributesTable,
        to extent: inout DirectoryExtent
    ) throws(ISO9660Error) {
        let its = child.role == .relocation ? table.relocation(stamp: stamp) : table[child.entry]
        let name = child.role == .relocation ? relocationName : tree.name(of: child.entry)
        var entries = [its.entry, its.timeEntry]
        switch child.role {
        case .moved, .relocation: entries.append(RockRidge.relocated)
        case .placeholder: entries.append(RockRidge.childLink(Int(hierarchy.numbers[child.entry])))
        case .file, .directory: break
        }
        entries += RockRidge.name(name)
        entries += try special(child)
        let identifier = child.identifier + (child.isDirectory ? [] : [0x3B, 0x31])
        for record in records(of: child, identifier) { extent.append(record, entries) }
    }

    /// What devices and symbolic links have more.
    private func special(_ child: DirectoryHierarchy.Child) throws(ISO9660Error) -> [SystemUseEntry] {
        guard child.role == .file else { return [] }
        switch tree.node(of: child.entry).kind {
        case .symbolicLink(let target): return SymbolicLinkTarget.entries(target)
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            // Linux takes a low word from 256 on beside a high one of 0 for both numbers in one.
            guard major < 1 << 12, minor < 1 << 20, major > 0 || minor < 256 else {
                throw .deviceOutOfRange(path: tree.path(of: child.entry))
            }
            return [RockRidge.device(major: major, minor: minor)]
        case .regular, .directory, .fifo, .socket: return []
        }
    }

    /// How readers that show it call the directory for moved ones: `.rr_moved` if the tree has an `rr_moved`.
    private var relocationName: ByteString {
        tree.entry(at: "rr_moved") == nil ? "rr_moved" : ".rr_moved"
    }
}
