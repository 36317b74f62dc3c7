internal import Bytes
internal import FileTree

extension ISO9660Options {
    func check() throws(ISO9660Error) {
        let isUsable = volumeID.utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
        guard isUsable, volumeID.utf8.count <= VolumeDescriptor.volumeIDLimit else {
            throw .unusableText(field: "volume identifier", text: volumeID)
        }
        guard sizeAlignment > 0, sizeAlignment % UInt64(Sector.size) == 0 else {
            throw .unusableText(field: "size's alignment", text: "\(sizeAlignment)")
        }
        guard bootEntries.count <= BootCatalog.entryLimit else {
            throw .noRoom(
                what: "boot catalog of \(bootEntries.count) entries",
                count: bootEntries.count * 2 * BootCatalog.entryLength, limit: Sector.size)
        }
        for (index, entry) in bootEntries.enumerated() { try entry.check(index) }
    }
}

extension ISO9660BootEntry {
    func check(_ index: Int) throws(ISO9660Error) {
        guard image.count > 0 else { throw .unusableBootEntry(index: index, reason: "it is empty") }
        guard alignment > 0, alignment % UInt64(Sector.size) == 0 else {
            throw .unusableBootEntry(index: index, reason: "its alignment is not a multiple of 2048")
        }
        if hasBootInfoTable, image.count < UInt64(BootInfoTable.end) {
            throw .unusableBootEntry(index: index, reason: "it has no room for a boot info table")
        }
    }

    /// The image as it is stored at `sector`.
    func placed(at sector: UInt32) -> ExtentMap {
        guard hasBootInfoTable, case .bytes(let bytes)? = image.extents.first?.source else { return image }
        var map = ExtentMap()
        map.append(BootInfoTable.written(into: bytes, sector: sector))
        return map
    }
}

/// An alias whose file is found.
struct AliasedNode {
    let node: Int
    let bootEntry: Int
    let offset: UInt64

    static func resolved(_ options: ISO9660Options, _ tree: FileTree) throws(ISO9660Error) -> [AliasedNode] {
        var aliases: [AliasedNode] = []
        for alias in options.aliases {
            guard let entry = tree.entry(at: alias.path), case let node = tree.node(of: entry),
                node.kind == .regular
            else { throw .unusableAlias(path: alias.path, reason: "the tree has no such file") }
            guard options.bootEntries.indices.contains(alias.bootEntry) else {
                throw .unusableAlias(path: alias.path, reason: "boot entry \(alias.bootEntry) not found")
            }
            let image = options.bootEntries[alias.bootEntry].image.count
            guard alias.offset % UInt64(Sector.size) == 0 else {
                throw .unusableAlias(path: alias.path, reason: "\(alias.offset) is not a multiple of 2048")
            }
            guard alias.offset <= image, node.contents.count <= image - alias.offset else {
                throw .unusableAlias(path: alias.path, reason: "the boot image has \(image) bytes")
            }
            aliases.append(
                AliasedNode(
                    node: tree.nodeIndex(of: entry), bootEntry: alias.bootEntry, offset: alias.offset))
        }
        return aliases
    }
}
