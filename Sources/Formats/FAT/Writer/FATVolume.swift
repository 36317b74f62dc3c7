public import Bytes
internal import Digests
public import FileTree

/// A FAT volume, laid out: FAT12, FAT16 or FAT32 by its size or as asked for.
///
///     boot sector (FAT32: FSInfo, copies of both)
///     two FATs
///     root directory (FAT12 and FAT16)
///     clusters: directories, then files
///
/// Each file is one run of clusters and starts at a multiple of the alignment. The bytes depend on the files, the
/// options and nothing else, and not on the order in which files are given.
public struct FATVolume: Sendable {
    /// The whole volume.
    public let extents: ExtentMap
    public let type: FATType
    /// Bytes.
    public let clusterSize: UInt64
    public let clusterCount: UInt64
    /// BS_VolID, derived from all that is in the volume. Tools print it as 1234-ABCD.
    public let serial: UInt32
    private let tree: FATTree
    private let geometry: FATGeometry
    private let allocation: FATAllocation

    /// Lays out a volume. Whatever FAT can't hold is an error; nothing is read from the contents.
    public init(
        files: [FATFile], directories: [FATDirectory] = [], options: FATOptions
    ) throws(FATError) {
        if case .exactly(let size) = options.size, size % FATGeometry.sectorSize != 0 {
            throw .impossibleSize(size: size, reason: "it is not a whole number of 512-byte sectors")
        }
        let tree = try FATTree(files: files, directories: directories, options: options)
        let (geometry, allocation) = try FATGeometry.choose(tree, options)
        let identity = tree.identity(label: options.paddedLabel)
        serial = options.stamp.identity(role: "FAT volume serial", of: identity).bytes.little(at: 0) ?? 0
        extents =
            FATLayout(
                tree: tree, geometry: geometry, allocation: allocation, options: options, serial: serial
            ).extents
        self.tree = tree
        self.geometry = geometry
        self.allocation = allocation
        type = geometry.type
        clusterSize = geometry.clusterSize
        clusterCount = geometry.clusterCount
    }

    /// Where the bytes of the file at `path` begin, all of them in one piece: bytes from the start of the volume.
    /// nil if there is no such file or if it is empty.
    public func offset(of path: ByteString) -> UInt64? {
        guard let index = tree.index(of: path), !tree.nodes[index].isDirectory,
            case let first = allocation.first[index], first > 0
        else { return nil }
        return geometry.dataOffset + UInt64(first - 2) * clusterSize
    }
}

/// Puts a volume's bytes together.
struct FATLayout {
    let tree: FATTree
    let geometry: FATGeometry
    let allocation: FATAllocation
    let options: FATOptions
    let serial: UInt32

    var extents: ExtentMap {
        var map = ExtentMap()
        map.append(reserved)
        map.append(zerosUpTo: geometry.reservedSectors * FATGeometry.sectorSize)
        let runs = allocation.order.map { (first: allocation.first[$0], count: allocation.count[$0]) }
        let table = FileAllocationTable(
            geometry.type, media: bootSector.media, clusters: allocation.clusterCount, runs: runs)
        let tableSize = geometry.sectorsPerFAT * FATGeometry.sectorSize
        for _ in 0..<FATGeometry.fatCount {
            let end = map.count + tableSize
            map.append(table.bytes)
            map.append(zerosUpTo: end)
        }
        if geometry.type != .fat32 { map.append(directory(FATTree.root)) }
        for node in allocation.order {
            let cluster = UInt64(allocation.first[node] - 2)
            map.append(zerosUpTo: geometry.dataOffset + cluster * geometry.clusterSize)
            if tree.nodes[node].isDirectory {
                map.append(directory(node))
            } else {
                map.append(tree.nodes[node].contents)
            }
        }
        map.append(zerosUpTo: geometry.totalSectors * FATGeometry.sectorSize)
        return map
    }

    private var bootSector: BootSector {
        BootSector(
            sectorsPerCluster: geometry.clusterSize / FATGeometry.sectorSize,
            reservedSectors: geometry.reservedSectors, rootEntries: geometry.rootEntries,
            totalSectors: geometry.totalSectors, sectorsPerFAT: geometry.sectorsPerFAT,
            hiddenSectors: options.hiddenSectors, serial: serial, label: options.paddedLabel,
            type: geometry.type)
    }

    /// The boot sector and, in FAT32, what comes with it.
    private var reserved: [UInt8] {
        let boot = bootSector.encoded
        guard geometry.type == .fat32 else { return boot }
        let next = allocation.clusterCount + 2
        let info = FSInfo(
            freeCount: UInt32(truncatingIfNeeded: geometry.clusterCount - allocation.used),
            nextFree: allocation.clusterCount < geometry.clusterCount
                ? UInt32(truncatingIfNeeded: next) : 0xFFFF_FFFF)
        // The third sector is for boot code that doesn't fit the first, with the same signature.
        let third = [UInt8](repeating: 0, count: 510) + [0x55, 0xAA]
        var bytes = boot + info.encoded + third
        bytes.append(zeros: BootSector.backupSector * BootSector.size - bytes.count)
        return bytes + boot + info.encoded + third
    }

    /// The entries of a directory.
    private func directory(_ index: Int) -> [UInt8] {
        let node = tree.nodes[index]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(tree.entryCount(of: index) * DirectoryEntry.size)
        if index == FATTree.root {
            if options.label != nil {
                DirectoryEntry(
                    name: options.paddedLabel.bytes, attributes: .volumeID,
                    modified: FATTime(options.stamp.time)
                ).append(to: &bytes)
            }
        } else {
            // A parent that is the root has number 0, in FAT32 too.
            let parent = node.parent == FATTree.root ? 0 : allocation.first[node.parent]
            for (name, cluster) in [(".", allocation.first[index]), ("..", parent)] {
                DirectoryEntry(
                    name: ShortName.padded(name.utf8, []), attributes: .directory,
                    modified: FATTime(node.modified), firstCluster: cluster
                ).append(to: &bytes)
            }
        }
        for child in node.children { append(child, to: &bytes) }
        return bytes
    }

    private func append(_ index: Int, to bytes: inout [UInt8]) {
        let node = tree.nodes[index]
        if node.needsLongName { LongName.append(node.units, shortName: node.shortName, to: &bytes) }
        DirectoryEntry(
            name: node.shortName,
            attributes: node.isDirectory ? node.attributes.union(.directory) : node.attributes,
            modified: FATTime(node.modified), firstCluster: allocation.first[index],
            size: UInt32(truncatingIfNeeded: node.contents.count)
        ).append(to: &bytes)
    }
}
