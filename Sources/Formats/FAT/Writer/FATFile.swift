public import Bytes
public import FileTree

/// A file for a FAT volume.
public struct FATFile: Sendable {
    /// Components separated by slashes, in UTF-8; missing directories are made.
    public var path: ByteString
    /// Up to 4 GiB - 1.
    public var contents: ExtentMap
    public var modified: Timestamp
    public var attributes: FATAttributes

    public init(
        path: ByteString, contents: ExtentMap, modified: Timestamp, attributes: FATAttributes = .archive
    ) {
        self.path = path
        self.contents = contents
        self.modified = modified
        self.attributes = attributes
    }
}

/// A directory for a FAT volume; those that nobody names have the stamp's time.
public struct FATDirectory: Sendable {
    public var path: ByteString
    public var modified: Timestamp
    public var attributes: FATAttributes

    public init(path: ByteString, modified: Timestamp, attributes: FATAttributes = []) {
        self.path = path
        self.modified = modified
        self.attributes = attributes
    }
}

/// What a FAT volume is to be like.
public struct FATOptions: Sendable {
    public enum Size: Hashable, Sendable {
        /// As large as the files need, and at least so many bytes.
        case fitting(minimum: UInt64)
        /// So many bytes, a whole number of 512-byte sectors.
        case exactly(UInt64)
    }

    /// Up to 11 characters: A to Z, 0 to 9, space and some punctuation. nil for none.
    public var label: ByteString?
    /// The time of the label and of directories that nobody names, and what the serial is derived with.
    public var stamp: BuildStamp
    public var size: Size
    /// Bytes that stay free at least, for files that are added or grow later.
    public var freeSpace: UInt64
    /// nil for what suits the size: FAT12 and FAT16 to 512 MiB, FAT32 above. FAT32 starts at 33 MiB.
    public var type: FATType?
    /// Bytes, a power of two, 512 to 32,768; nil for what suits the size.
    public var clusterSize: UInt64?
    /// Bytes, a power of two from 512 on: each file starts at a multiple of it, counted from the start of
    /// the volume, and so does the data area. 2048 is what ISO 9660 needs to share files with the volume.
    public var alignment: UInt64
    /// Sectors of the disk before the volume; 0 if it is not a partition.
    public var hiddenSectors: UInt32

    public init(
        label: ByteString? = nil, stamp: BuildStamp, size: Size = .fitting(minimum: 0), freeSpace: UInt64 = 0,
        type: FATType? = nil, clusterSize: UInt64? = nil, alignment: UInt64 = 2048, hiddenSectors: UInt32 = 0
    ) {
        self.label = label
        self.stamp = stamp
        self.size = size
        self.freeSpace = freeSpace
        self.type = type
        self.clusterSize = clusterSize
        self.alignment = alignment
        self.hiddenSectors = hiddenSectors
    }

    func check() throws(FATError) {
        if let label {
            let valid = label.bytes.allSatisfy { $0 == 0x20 || ShortName.isValid($0) }
            guard valid, (1...11).contains(label.count), label.bytes.first != 0x20, label != "NO NAME" else {
                throw .invalidLabel(label)
            }
        }
        guard alignment.nonzeroBitCount == 1, (512...1 << 20).contains(alignment) else {
            throw .invalidOption("a FAT volume's alignment is a power of two from 512 to 1,048,576")
        }
        guard freeSpace <= FATGeometry.sectorLimit * FATGeometry.sectorSize else {
            throw .invalidOption("a FAT volume has less than 2 TiB of free space")
        }
        guard let clusterSize else { return }
        guard clusterSize.nonzeroBitCount == 1, (512...32768).contains(clusterSize) else {
            throw .invalidOption("a FAT volume's cluster size is a power of two from 512 to 32,768")
        }
    }

    /// 11 bytes, padded.
    var paddedLabel: ByteString {
        guard let label else { return BootSector.noLabel }
        return ByteString(label.bytes + [UInt8](repeating: 0x20, count: max(11 - label.count, 0)))
    }
}
