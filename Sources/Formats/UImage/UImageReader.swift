public import Bytes

/// Reads a U-Boot image.
///
/// `init` reads header and table of files; everything there is in an image is `header`, `files` with
/// `contents(of:)`, and what `verify` reads.
public struct UImageReader: Sendable {
    private let image: any RandomAccessBytes
    public let header: UImageHeader
    /// Where the files lie, in bytes from the start of the image; one unless the image has a table of several.
    public let files: [Range<UInt64>]

    /// Throws for a bad header, and for data that are not all there. Bytes after them are ignored.
    public init(_ image: some RandomAccessBytes) throws(UImageError) {
        self.image = image
        let start: [UInt8]
        do throws(StreamError) {
            let length = Int(min(UInt64(UImageHeader.size), image.count))
            start = try image.bytes(at: 0, length: length, of: "U-Boot image")
        } catch { throw .stream(error) }
        header = try UImageHeader(parsing: start)
        let first = UInt64(UImageHeader.size)
        let size = UInt64(header.dataSize)
        guard size <= image.count - first else { throw .truncated(what: "data", offset: image.count) }
        guard header.type.hasFileTable else {
            files = [first..<first + size]
            return
        }
        files = try UImageFileTable.parse(image, start: first, size: size).map {
            $0.lowerBound + first..<$0.upperBound + first
        }
    }

    /// The contents of one of `files`.
    public func contents(of file: Range<UInt64>) -> RangeAccess {
        RangeAccess(image, offset: file.lowerBound, length: file.upperBound - file.lowerBound)
    }

    /// Reads the data and compares their checksum.
    public func verify() throws(UImageError) {
        var sum = ChecksumSink()
        do throws(StreamError) {
            var source = RangeSource(
                image, offset: UInt64(UImageHeader.size), length: UInt64(header.dataSize))
            try source.copy(to: &sum)
        } catch { throw .stream(error) }
        guard sum.value == header.dataChecksum else {
            throw .badDataChecksum(stored: header.dataChecksum, computed: sum.value)
        }
    }
}
