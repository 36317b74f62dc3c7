internal import Bytes
internal import FileTree

/// Where everything lies, in sectors:
///
///     0    system area
///     16   volume descriptors: primary, boot record, Joliet, terminator
///          boot catalog
///          path tables, primary and Joliet, each for little-endian and big-endian readers
///          primary directories with their continuation areas, Joliet directories
///          boot images for a BIOS, contents of files, boot images for EFI
///          (empty, up to the volume's size)
///
/// EFI's images come last since a catalog says of large ones that they go on to the end.
struct VolumeLayout {
    /// A hierarchy with its path tables and directories.
    struct Hierarchy {
        let hierarchy: DirectoryHierarchy
        let extents: [DirectoryExtent]
        let pathTableLength: UInt32
        var littlePathTable: UInt32 = 0
        var bigPathTable: UInt32 = 0
        /// The numbers of the directories as they lie in the image.
        let order: [Int]
        /// The first sector of each directory.
        var directories: [UInt32] = []

        init(_ hierarchy: DirectoryHierarchy, _ extents: [DirectoryExtent]) {
            self.hierarchy = hierarchy
            self.extents = extents
            pathTableLength = UInt32(PathTable.length(hierarchy.directories))
            order = hierarchy.order
        }
    }

    private(set) var primary: Hierarchy
    private(set) var joliet: Hierarchy? = nil
    private(set) var descriptorCount: Int
    private(set) var catalog: UInt32 = 0
    /// The sector after the directories.
    private(set) var metadataEnd: UInt32 = 0
    private(set) var bootImages: [ISO9660Location] = []
    private(set) var files = FileAllocation()
    /// The volume's size.
    private(set) var sectors: UInt32 = 0

    private var cursor: UInt64

    init(
        tree: FileTree, primary: Hierarchy, joliet: Hierarchy?, options: ISO9660Options,
        aliases: [AliasedNode]
    ) throws(ISO9660Error) {
        var parts = [primary] + (joliet.map { [$0] } ?? [])
        self.primary = primary
        let entries = options.bootEntries
        descriptorCount = 2 + (entries.isEmpty ? 0 : 1) + (joliet == nil ? 0 : 1)
        cursor = UInt64(Sector.systemArea + descriptorCount)
        if !entries.isEmpty { cursor += 1 }
        let catalogSector = cursor - 1
        for index in parts.indices { try placeTables(of: &parts[index]) }
        for index in parts.indices { try placeDirectories(of: &parts[index]) }
        metadataEnd = UInt32(cursor)
        self.primary = parts[0]
        if parts.count > 1 { self.joliet = parts[1] }
        catalog = UInt32(catalogSector)
        bootImages = entries.map { ISO9660Location(sector: 0, length: $0.image.count) }
        for (index, entry) in entries.enumerated() where entry.platform == .bios { try place(index, entry) }
        files = FileAllocation(tree, from: cursor, elsewhere: Set(aliases.map(\.node)))
        cursor = files.end
        for (index, entry) in entries.enumerated() where entry.platform == .efi { try place(index, entry) }
        for alias in aliases {
            let image = UInt64(bootImages[alias.bootEntry].sector)
            files.place(alias.node, at: image + alias.offset / UInt64(Sector.size))
        }
        try finish(options)
    }

    /// Takes sectors; a volume has fewer than 2^32.
    private mutating func take(_ count: UInt64) throws(ISO9660Error) -> UInt32 {
        let start = cursor
        let (end, overflow) = cursor.addingReportingOverflow(count)
        guard !overflow, end <= UInt64(UInt32.max) else {
            throw .imageTooLarge(sectors: overflow ? .max : end)
        }
        cursor = end
        return UInt32(start)
    }

    private mutating func placeTables(of part: inout Hierarchy) throws(ISO9660Error) {
        let length = Sector.count(UInt64(part.pathTableLength))
        part.littlePathTable = try take(length)
        part.bigPathTable = try take(length)
    }

    private mutating func placeDirectories(of part: inout Hierarchy) throws(ISO9660Error) {
        part.directories = [UInt32](repeating: 0, count: part.extents.count)
        for number in part.order {
            let extent = part.extents[number]
            part.directories[number] = try take(
                UInt64(extent.recordSectors + extent.continuationSectors))
        }
    }

    private mutating func place(_ index: Int, _ entry: ISO9660BootEntry) throws(ISO9660Error) {
        let step = entry.alignment / UInt64(Sector.size)
        _ = try take((step - cursor % step) % step)
        bootImages[index].sector = try take(Sector.count(entry.image.count))
    }

    private mutating func finish(_ options: ISO9660Options) throws(ISO9660Error) {
        let step = options.sizeAlignment / UInt64(Sector.size)
        _ = try take((step - cursor % step) % step)
        sectors = UInt32(cursor)
    }
}

extension VolumeLayout {
    /// Puts a directory's extent and its continuation area into their places.
    func put(_ number: Int, of part: Hierarchy, into buffer: inout SectorBuffer) {
        let extent = part.extents[number]
        let start = part.directories[number]
        let continuation = start + UInt32(extent.recordSectors)
        let locate = { (reference: Reference) -> (sector: UInt32, length: UInt32) in
            switch reference {
            case .directory(let number):
                let length = UInt32(part.extents[number].recordSectors * Sector.size)
                return (part.directories[number], length)
            case .file(let node, let section):
                let sector = files.sectors[node] + UInt64(section) * FileSections.sectors
                return (UInt32(truncatingIfNeeded: sector), 0)
            case .continuation(let sector): return (continuation + UInt32(sector), 0)
            }
        }
        buffer.put(extent.records.placed(locate), at: start)
        buffer.put(extent.continuation.placed(locate), at: continuation)
    }
}
