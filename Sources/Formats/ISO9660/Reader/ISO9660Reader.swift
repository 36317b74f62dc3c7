public import Bytes
public import FileTree

/// Reads an ISO 9660 image through Rock Ridge, Joliet or the primary directories.
///
/// Images may be hostile. `init` reads the volume descriptors and the root; `walk` throws at the first byte that
/// contradicts the format. No directory is read twice; all directories together, and all continuation areas of
/// Rock Ridge, take no more bytes than the image has, so that time and memory are bounded by its size. `contents`
/// are where `walk` has found that the image has them; but many files may name the same bytes, so who reads all of
/// a strange image should count. All there is in some bytes: `ISO9660Reader(ByteArrayAccess(bytes))`, `bootImages`,
/// `walk`, and `contents` of each regular file, once for each `ISO9660View` in `views`.
public struct ISO9660Reader: FileSystemReader, Sendable {
    /// A path longer than this, in bytes, is refused: four times what Linux takes in one call.
    public static let pathLimit = 16 << 10

    /// Where a file's bytes are.
    public struct File: Sendable {
        let sections: [FileExtent]

        /// In the order of the file: bytes from the start of the image.
        public var extents: [Range<UInt64>] {
            sections.map { $0.offset..<$0.offset + UInt64($0.length) }
        }
    }

    /// Through which names the image is read.
    public let view: ISO9660View
    /// Those that the image has, the fullest first.
    public let views: [ISO9660View]
    /// The primary volume's identifier, spaces at its end left out.
    public let volumeID: ByteString
    /// Bytes of the volume by its own account.
    public let volumeSize: UInt64

    let image: ImageBytes
    let descriptors: VolumeDescriptorSet
    /// Bytes to pass over in each system use field (SP, SUSP 5.3).
    let skip: Int

    /// Opens an image; `view` is the fullest that the image has unless it is given. One that it does not have is an
    /// error.
    public init(_ image: any RandomAccessBytes, view: ISO9660View? = nil) throws(ISO9660Error) {
        self.image = ImageBytes(base: image)
        descriptors = try VolumeDescriptorSet(self.image)
        let primary = descriptors.primary
        let end = primary.identifier.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? 0
        volumeID = ByteString(primary.identifier[..<end])
        volumeSize = UInt64(primary.sectors) * UInt64(Sector.size)
        guard volumeSize <= image.count else {
            throw .corrupt(
                what: "volume", offset: UInt64(Sector.systemArea * Sector.size),
                reason: "it is truncated: \(volumeSize) bytes declared, \(image.count) present")
        }
        let skip = try Self.rockRidgeSkip(primary, self.image)
        self.skip = skip ?? 0
        views = (skip == nil ? [] : [.rockRidge]) + (descriptors.joliet == nil ? [] : [.joliet]) + [.primary]
        self.view = view ?? views[0]
        guard views.contains(self.view) else {
            throw .corrupt(
                what: "volume", offset: primary.rootOffset, reason: "it has no \(self.view) directories")
        }
    }

    /// The bytes to skip in system use fields if the root says that there is Rock Ridge; nil if not.
    private static func rockRidgeSkip(
        _ volume: VolumeDescriptorSet.Volume, _ image: ImageBytes
    ) throws(ISO9660Error) -> Int? {
        let root = try FoundRecord(volume.root[...], at: volume.rootOffset).extent
        guard root.length > 0 else { return nil }
        let sector = try image.bytes(root.offset, Sector.size, of: "root directory")
        let own = try FoundRecord(sector[...], at: root.offset)
        let field = own.bytes.dropFirst(own.systemUse)
        guard field.count >= 7, field.starts(with: [0x53, 0x50, 7, 1, 0xBE, 0xEF]) else { return nil }
        let skip = Int(field[field.startIndex + 6])
        var budget = image.count
        // SP itself is not skipped.
        let fields = try SystemUseFields(own, skip: 0, image, budget: &budget)
        return fields.isRockRidge || fields.mode != nil ? skip : nil
    }

    public func walk(_ body: (FoundFile, File) throws(ISO9660Error) -> Void) throws(ISO9660Error) {
        var walk = DirectoryWalk(self)
        try walk.run(body)
    }

    public func contents(of file: File) throws(ISO9660Error) -> any ByteSource {
        SectionSource(image.base, file.sections)
    }
}

/// The sets of directories that an image may have.
public enum ISO9660View: Hashable, Sendable {
    /// The primary directories with Rock Ridge: names as they were, modes, owners, links, devices.
    case rockRidge
    /// Directories and files with names in UCS-2.
    case joliet
    /// Directories and files with identifiers of ISO 9660, without version.
    case primary
}

/// The sections of a file one after the other.
struct SectionSource: ByteSource {
    private let image: any RandomAccessBytes
    private var rest: ArraySlice<FileExtent>
    private var position: UInt64 = 0

    init(_ image: any RandomAccessBytes, _ sections: [FileExtent]) {
        self.image = image
        rest = sections[...]
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        while let section = rest.first {
            let left = UInt64(section.length) - position
            if left == 0 {
                rest = rest.dropFirst()
                position = 0
                continue
            }
            let wanted = Int(min(UInt64(buffer.count), left))
            guard wanted > 0 else { return 0 }
            let offset = section.offset + position
            let count = try image.read(
                at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            if count == 0 { throw .unexpectedEnd(of: "file in an ISO 9660 image", offset: offset) }
            position += UInt64(count)
            return count
        }
        return 0
    }
}
