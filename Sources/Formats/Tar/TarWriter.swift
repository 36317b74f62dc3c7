public import Bytes
public import FileTree

/// Writes a tar stream with the headers, byte for byte, that Go's archive/tar writes.
///
///     var writer = TarWriter(file)
///     try writer.write(entry, from: store)
///     let file = try writer.finish()
public struct TarWriter<Sink: ByteSink & ~Copyable>: ~Copyable {
    private var sink: Sink
    /// The member being written: its name, the length it announced, the bytes that came.
    var current = ByteString()
    var expected: UInt64 = 0
    var given: UInt64 = 0
    /// Bytes written so far.
    public private(set) var count: UInt64 = 0

    public init(_ sink: consuming Sink) { self.sink = sink }

    /// Writes one member, its contents pulled from `store` through a bounded buffer.
    public mutating func write(
        _ entry: TarEntry, format: TarFormat = .pax, from store: some BlobStore
    ) throws(TarError) {
        try begin(entry.header, format: format)
        guard expected > 0 else { return }
        guard entry.contents.count == expected else {
            throw .lengthMismatch(entry: current, expected: expected, given: entry.contents.count)
        }
        do throws(StreamError) { try store.copy(entry.contents, to: &sink) } catch { throw .stream(error) }
        given = expected
        count += expected
        try end()
    }

    /// Writes one member that is put together from extents.
    public mutating func write(
        _ header: TarHeader, contents: ExtentMap, format: TarFormat = .pax, from store: some BlobStore
    ) throws(TarError) {
        try begin(header, format: format)
        guard contents.count == expected else {
            throw .lengthMismatch(entry: current, expected: expected, given: contents.count)
        }
        do throws(StreamError) { try contents.write(to: &sink, from: store) } catch { throw .stream(error) }
        given = expected
        count += expected
        try end()
    }

    /// Writes the header of a member; for a regular file `header.size` bytes of contents must follow.
    public mutating func begin(_ header: TarHeader, format: TarFormat = .pax) throws(TarError) {
        try end()
        let header = header.normalized(for: format)
        let encoding = try TarEncoding(header)
        if encoding.fitsUstar {
            try put(TarBlock(ustar: header).bytes)
        } else {
            if !encoding.records.isEmpty { try putExtension(encoding.encodedRecords, of: header.name) }
            try put(TarBlock(pax: header).bytes)
        }
        current = header.name
        expected = header.typeFlag == .regular ? header.size : 0
        given = 0
    }

    /// Contents of the member begun last.
    public mutating func writeData(_ bytes: UnsafeRawBufferPointer) throws(TarError) {
        given += UInt64(bytes.count)
        if given > expected { throw .lengthMismatch(entry: current, expected: expected, given: given) }
        do throws(StreamError) { try sink.write(bytes) } catch { throw .stream(error) }
        count += UInt64(bytes.count)
    }

    /// Contents of the member begun last.
    public mutating func writeData(_ bytes: [UInt8]) throws(TarError) {
        given += UInt64(bytes.count)
        if given > expected { throw .lengthMismatch(entry: current, expected: expected, given: given) }
        try put(bytes)
    }

    /// Ends the archive with two blocks of zeros and gives the sink back.
    public consuming func finish() throws(TarError) -> Sink {
        try end()
        try put([UInt8](repeating: 0, count: 2 * TarBlock.size))
        return sink
    }

    /// Ends the member begun last: its contents must be complete.
    mutating func end() throws(TarError) {
        if given != expected { throw .lengthMismatch(entry: current, expected: expected, given: given) }
        try pad(expected)
        expected = 0
        given = 0
    }

    private mutating func pad(_ length: UInt64) throws(TarError) {
        let padding = (512 - length % 512) % 512
        if padding > 0 { try put([UInt8](repeating: 0, count: Int(padding))) }
    }

    private mutating func putExtension(_ data: [UInt8], of name: ByteString) throws(TarError) {
        guard UInt64(data.count) <= TarLimits.extendedHeader else {
            throw .unrepresentable(field: "extended header", entry: name)
        }
        try put(TarBlock(extensionOf: name, size: data.count).bytes)
        try put(data)
        try pad(UInt64(data.count))
    }

    mutating func put(_ bytes: [UInt8]) throws(TarError) {
        do throws(StreamError) { try sink.write(bytes) } catch { throw .stream(error) }
        count += UInt64(bytes.count)
    }
}
