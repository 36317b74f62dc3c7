internal import Bytes
internal import Cpio
internal import Decompression
internal import EROFS
internal import FAT
internal import FileTree
internal import ISO9660
internal import PartitionTable
internal import QCOW2
internal import SquashFS
internal import UImage
internal import UKI
internal import VHD
internal import VMDK

/// Looks for the bill of materials in an image and in the images that it holds: a qcow2 file holds a disk, that an
/// EFI system partition, that a unified kernel image, and that an initrd.
///
/// Images are the user's own, but need not be: `depth` bounds how far one leads to another, `budget` to how many,
/// and the readers how long one takes.
struct SBOMSearch {
    static let name: ByteString = "sbom.spdx.json"
    /// Bytes; those of large images take some tens of MiB.
    static let limit = 256 << 20
    /// Where outputs keep an initrd or a disk as a file.
    static let carriers: Set<ByteString> = ["initrd.img", "initrd.uimg", "boot/initrd.img", "disk.raw"]

    private static let partitionLimit = 16
    /// Images within images that are looked into.
    private let depth: Int
    private let budget: Budget

    /// How many images may still be looked into, in all.
    private final class Budget {
        var images = 256
    }

    init() {
        depth = 8
        budget = Budget()
    }

    private init(below search: SBOMSearch) {
        depth = search.depth - 1
        budget = search.budget
    }

    /// The document that `image` holds; nil if there is none.
    func search(_ image: any RandomAccessBytes) throws -> [UInt8]? {
        guard depth > 0, budget.images > 0 else { return nil }
        budget.images -= 1
        switch try ImageKind.of(image) {
        case .tar: return try inTar(image)
        case .cpio: return try inInitrd(image)
        case .compressed: return try inCompressed(image)
        case .squashFS: return try inRoot(try SquashFSReader(image))
        case .erofs: return try inRoot(try EROFSReader(image))
        case .iso9660: return try inISO9660(image) ?? inPartitions(of: image)
        case .uImage:
            let reader = try UImageReader(image)
            return try reader.files.first.flatMap { try within(reader.contents(of: $0)) }
        case .portableExecutable: return try inUnifiedKernelImage(image)
        case .qcow2: return try within(try QCOW2Image(image))
        case .vmdk: return try within(try VMDKImage(image))
        case .vhd: return try within(try VHDImage(image))
        case nil: return try inPartitions(of: image)
        }
    }

    func within(_ image: any RandomAccessBytes) throws -> [UInt8]? {
        try SBOMSearch(below: self).search(image)
    }

    private func inRoot<Reader: FileSystemReader>(_ reader: Reader) throws -> [UInt8]? {
        var handle: Reader.Handle?
        try reader.walk { found, file throws(Reader.Failure) in
            if found.path == Self.name, found.kind == .regular { handle = file }
        }
        guard let handle else { return nil }
        var source = try reader.contents(of: handle)
        return try source.readAll(limit: Self.limit, of: Self.name.text)
    }

    private func inISO9660(_ image: any RandomAccessBytes) throws -> [UInt8]? {
        let reader = try ISO9660Reader(image)
        if let found = try inRoot(reader) { return found }
        var carriers: [ISO9660Reader.File] = []
        try reader.walk { (found, file) throws(ISO9660Error) in
            if found.kind == .regular, Self.carriers.contains(found.path) { carriers.append(file) }
        }
        for carrier in carriers {
            if let found = try within(FileRuns(carrier.extents, of: image)) { return found }
        }
        return nil
    }

    /// Kernels are such files as well, of all makes: what cannot be read is one of those.
    private func inUnifiedKernelImage(_ image: any RandomAccessBytes) throws -> [UInt8]? {
        let reader: UnifiedKernelImageReader
        do throws(UKIError) { reader = try UnifiedKernelImageReader(image) } catch {
            if case .stream = error { throw error }
            return nil
        }
        return try reader.contents(of: .initrd).flatMap { try within($0) }
    }

    /// In the unified kernel images of an EFI system partition.
    private func inPartitions(of image: any RandomAccessBytes) throws -> [UInt8]? {
        let disk: PartitionedDisk
        do throws(PartitionTableError) { disk = try PartitionedDisk(image) } catch {
            if case .stream = error { throw error }
            return nil
        }
        for partition in disk.partitions.prefix(Self.partitionLimit) {
            let bytes = RangeAccess(image, offset: partition.offset, length: partition.length)
            // No other kind of partition holds what is looked for.
            guard let volume = try? FATReader(bytes) else { continue }
            if let found = try inSystemPartition(volume, bytes) { return found }
        }
        return nil
    }

    private func inSystemPartition(_ volume: FATReader, _ bytes: RangeAccess) throws -> [UInt8]? {
        var programs: [FATReader.Handle] = []
        try volume.walk { (found, file) throws(FATError) in
            let path = found.path.text.uppercased()
            if found.kind == .regular, path.hasPrefix("EFI/BOOT/"), path.hasSuffix(".EFI") {
                programs.append(file)
            }
        }
        for program in programs {
            let contents = FileRuns(program.extents, of: bytes, size: program.size)
            if let found = try within(contents) { return found }
        }
        return nil
    }
}
