public import Bytes

/// Reads the entries of a newc archive one after the other, up to its trailer.
///
/// What follows the trailer, zeros or another archive, is the caller's.
public struct CpioReader<Source: ByteSource> {
    /// An entry as the archive has it.
    public struct Member: Sendable {
        public let header: NewcHeader
        public let headerOffset: UInt64
        /// Where the `header.dataSize` bytes of data are.
        public let dataOffset: UInt64
    }

    private var input: BufferedSource<Source>
    private var remaining: UInt64 = 0
    private var padding: UInt64 = 0
    private var isAtEnd = false

    public init(_ source: Source) { input = BufferedSource(source) }

    /// Bytes of the source taken so far.
    public var offset: UInt64 { input.offset }

    /// The next entry, what is left of the last one's data skipped; nil at the trailer.
    public mutating func next() throws(CpioError) -> Member? {
        if isAtEnd { return nil }
        try skipData()
        let offset = input.offset
        let bytes = try read(NewcHeader.size)
        if bytes.count < NewcHeader.size { throw .truncated(what: "a header", offset: input.offset) }
        var (header, nameSize) = try NewcHeader.parse(bytes, at: offset)
        let padded = nameSize + NewcHeader.padding(UInt64(NewcHeader.size + nameSize))
        let name = try read(padded)
        if name.count < padded { throw .truncated(what: "a name", offset: input.offset) }
        guard let end = name.firstIndex(of: 0), end == nameSize - 1 else {
            throw .invalidField(field: "name", offset: offset)
        }
        header.name = ByteString(name[..<end])
        if header.name == NewcHeader.trailer {
            isAtEnd = true
            return nil
        }
        remaining = UInt64(header.dataSize)
        padding = UInt64(NewcHeader.padding(remaining))
        return Member(header: header, headerOffset: offset, dataOffset: input.offset)
    }

    /// Fills the front of `buffer` with the current entry's data; 0 at their end.
    public mutating func readData(into buffer: UnsafeMutableRawBufferPointer) throws(CpioError) -> Int {
        let wanted = Int(min(UInt64(buffer.count), remaining))
        guard wanted > 0 else { return 0 }
        let count: Int
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        do throws(StreamError) { count = try input.read(into: target) } catch { throw .stream(error) }
        if count == 0 { throw .truncated(what: "data", offset: input.offset) }
        remaining -= UInt64(count)
        return count
    }

    /// All of the current entry's data, refused beyond `limit` bytes.
    public mutating func readData(limit: Int) throws(CpioError) -> [UInt8] {
        if remaining > UInt64(limit) {
            throw .stream(.limitExceeded(what: "data in a cpio archive", limit: UInt64(limit)))
        }
        let bytes = try read(Int(remaining))
        if bytes.count < remaining { throw .truncated(what: "data", offset: input.offset) }
        remaining = 0
        return bytes
    }

    /// Passes over what is left of the current entry.
    public mutating func skipData() throws(CpioError) {
        let wanted = remaining + padding
        let skipped: UInt64
        do throws(StreamError) { skipped = try input.skip(wanted) } catch { throw .stream(error) }
        if skipped < wanted { throw .truncated(what: "data", offset: input.offset) }
        remaining = 0
        padding = 0
    }

    private mutating func read(_ count: Int) throws(CpioError) -> [UInt8] {
        do throws(StreamError) { return try input.read(count: count) } catch { throw .stream(error) }
    }
}
