internal import Bytes
internal import FileTree

/// Puts what is laid out one behind the other.
struct VolumeAssembly {
    let tree: FileTree
    let options: ISO9660Options
    let layout: VolumeLayout

    /// From behind the system area to the end.
    var extents: ExtentMap {
        var map = VolumeMap()
        map.append(metadata.bytes)
        appendBootImages(.bios, to: &map)
        for node in layout.files.stored {
            map.append(ExtentMap(tree.nodes[node].contents), at: UInt32(layout.files.sectors[node]))
        }
        appendBootImages(.efi, to: &map)
        return map.finished(sectors: layout.sectors)
    }

    /// Descriptors, boot catalog, path tables and directories.
    private var metadata: SectorBuffer {
        var buffer = SectorBuffer(UInt32(Sector.systemArea)..<layout.metadataEnd)
        buffer.put(descriptors, at: UInt32(Sector.systemArea))
        if !options.bootEntries.isEmpty { buffer.put(catalog, at: layout.catalog) }
        for part in [layout.primary, layout.joliet].compactMap({ $0 }) {
            let location = { (number: Int) in part.directories[number] }
            buffer.put(
                PathTable.encoded(part.hierarchy.directories, .little, location: location),
                at: part.littlePathTable)
            buffer.put(
                PathTable.encoded(part.hierarchy.directories, .big, location: location), at: part.bigPathTable
            )
            for number in part.directories.indices { layout.put(number, of: part, into: &buffer) }
        }
        return buffer
    }

    private var descriptors: [UInt8] {
        var bytes = volume(.primary, layout.primary)
        if !options.bootEntries.isEmpty { bytes += VolumeDescriptor.bootRecord(catalog: layout.catalog) }
        if let joliet = layout.joliet { bytes += volume(.joliet, joliet) }
        return bytes + VolumeDescriptor.terminator
    }

    private func volume(_ kind: VolumeDescriptor.Volume.Kind, _ part: VolumeLayout.Hierarchy) -> [UInt8] {
        let root = DirectoryRecord(
            extent: .directory(0), modified: tree.node(of: FileTree.root).metadata.modified,
            flags: DirectoryRecord.directoryFlag, identifier: [0])
        let length = UInt32(part.extents[0].recordSectors * Sector.size)
        return VolumeDescriptor.Volume(
            kind: kind, volumeID: options.volumeID, stamp: options.stamp, sectors: layout.sectors,
            pathTableLength: part.pathTableLength, littlePathTable: part.littlePathTable,
            bigPathTable: part.bigPathTable,
            root: root.encoded(systemUse: 0).placed { _ in (part.directories[0], length) }
        ).encoded
    }

    private var catalog: [UInt8] {
        BootCatalog.encoded(
            zip(options.bootEntries, layout.bootImages).map { entry, location in
                let all = (location.length + 511) / 512
                return BootCatalog.Entry(
                    platform: entry.platform, sector: location.sector,
                    loadSectors: entry.loadSectors ?? UInt16(exactly: all) ?? 0)
            })
    }

    private func appendBootImages(_ platform: ISO9660BootEntry.Platform, to map: inout VolumeMap) {
        for (entry, location) in zip(options.bootEntries, layout.bootImages) where entry.platform == platform
        {
            map.append(entry.placed(at: location.sector), at: location.sector)
        }
    }
}

/// A map that is filled sector by sector, from behind the system area on.
private struct VolumeMap {
    private var map = ExtentMap()

    mutating func append(_ bytes: [UInt8]) { map.append(bytes) }

    mutating func append(_ extents: ExtentMap, at sector: UInt32) {
        map.append(zerosUpTo: Self.offset(sector))
        map.append(extents)
    }

    private static func offset(_ sector: UInt32) -> UInt64 {
        (UInt64(sector) - UInt64(Sector.systemArea)) * UInt64(Sector.size)
    }

    func finished(sectors: UInt32) -> ExtentMap {
        var finished = map
        finished.append(zerosUpTo: Self.offset(sectors))
        return finished
    }
}

/// A run of sectors, all zero to begin with.
struct SectorBuffer {
    private(set) var bytes: [UInt8]
    private let first: UInt32

    init(_ sectors: Range<UInt32>) {
        bytes = [UInt8](repeating: 0, count: sectors.count * Sector.size)
        first = sectors.lowerBound
    }

    /// Copies `content` to `sector`; there must be room for it.
    mutating func put(_ content: [UInt8], at sector: UInt32) {
        let start = Int(sector - first) * Sector.size
        bytes.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + content.count])
                .copyBytes(from: content)
        }
    }
}
