public import Bytes
public import FileTree

/// A U-Boot image: a header and the data that it describes.
///
/// The data's checksum stands in the header, so the contents are read once when the image is laid out, through
/// a bounded buffer, and once more when it is written.
public struct UImage: Sendable {
    /// What the header says, apart from time, size and checksum.
    public struct Description: Hashable, Sendable {
        public var operatingSystem = UImageHeader.OperatingSystem.linux
        public var architecture: UImageHeader.Architecture
        public var type: UImageHeader.ImageType
        public var compression: UImageHeader.Compression
        public var loadAddress: UInt32
        public var entryPoint: UInt32
        /// Up to 32 bytes.
        public var name: ByteString

        public init(
            architecture: UImageHeader.Architecture, type: UImageHeader.ImageType,
            compression: UImageHeader.Compression = .none, loadAddress: UInt32 = 0, entryPoint: UInt32 = 0,
            name: ByteString = ""
        ) {
            self.architecture = architecture
            self.type = type
            self.compression = compression
            self.loadAddress = loadAddress
            self.entryPoint = entryPoint
            self.name = name
        }
    }

    public let header: UImageHeader
    /// Header and data.
    public let extents: ExtentMap

    /// An image of `files`: their bytes as they are, one file unless the type is `multi` or `script`, where a
    /// table of sizes precedes them. `time` is clamped to the header's 32 bits.
    public init(
        _ description: Description, files: [ExtentMap], time: Timestamp, store: some BlobStore
    ) throws(UImageError) {
        guard description.name.count <= UImageHeader.nameSize else {
            throw .nameTooLong(description.name, length: description.name.count)
        }
        let data = try Self.data(of: description.type, files)
        guard let size = UInt32(exactly: data.count) else { throw .tooLarge(size: data.count) }
        var sum = ChecksumSink()
        do throws(StreamError) { try data.write(to: &sum, from: store) } catch { throw .stream(error) }
        header = UImageHeader(
            time: UInt32(clamping: time.seconds), dataSize: size, loadAddress: description.loadAddress,
            entryPoint: description.entryPoint, dataChecksum: sum.value,
            operatingSystem: description.operatingSystem, architecture: description.architecture,
            type: description.type, compression: description.compression, name: description.name)
        var extents = ExtentMap()
        extents.append(header.bytes)
        extents.append(data)
        self.extents = extents
    }

    private static func data(
        of type: UImageHeader.ImageType, _ files: [ExtentMap]
    ) throws(UImageError) -> ExtentMap {
        // The sum is checked before any is put together: a map counts without looking for overflow.
        var total: UInt64 = 0
        for (index, file) in files.enumerated() {
            guard file.count > 0 else { throw .emptyFile(index: index) }
            guard file.count <= UInt64(UInt32.max), total <= UInt64(UInt32.max) else {
                throw .tooLarge(size: max(file.count, total))
            }
            total += file.count
        }
        guard let first = files.first else { throw .emptyFile(index: 0) }
        guard type.hasFileTable else {
            guard files.count == 1 else { throw .severalFiles(count: files.count) }
            return first
        }
        return UImageFileTable.data(of: files)
    }
}
