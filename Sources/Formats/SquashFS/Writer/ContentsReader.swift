internal import Bytes
internal import FileTree

/// The bytes of one file, opened once.
struct ContentsReader {
    private let base: any RandomAccessBytes
    private let start: UInt64
    private let name: String
    /// Bytes.
    let count: UInt64

    init(_ contents: FileContents, _ store: some BlobStore) throws(SquashFSError) {
        count = contents.count
        switch contents {
        case .bytes(let bytes):
            base = ByteArrayAccess(bytes.bytes)
            start = 0
            name = "contents"
        case .blob(let digest, let offset, _, _):
            do throws(StreamError) { base = try store.open(digest) } catch { throw .stream(error) }
            start = offset
            name = "blob \(digest)"
        }
    }

    func bytes(at offset: UInt64, length: Int) throws(SquashFSError) -> [UInt8] {
        do throws(StreamError) { return try base.bytes(at: start + offset, length: length, of: name) } catch {
            throw .stream(error)
        }
    }
}

/// A buffered sink that counts.
struct Output<Sink: ByteSink & ~Copyable>: ~Copyable {
    private var sink: BufferedSink<Sink>
    /// Bytes written so far.
    private(set) var count: UInt64 = 0

    init(_ sink: consuming Sink) { self.sink = BufferedSink(sink) }

    mutating func write(_ bytes: [UInt8]) throws(SquashFSError) {
        do throws(StreamError) { try sink.write(bytes) } catch { throw .stream(error) }
        count += UInt64(bytes.count)
    }

    /// Writes zeros up to the next multiple of `alignment`.
    mutating func align(to alignment: UInt64) throws(SquashFSError) {
        let padding = count.aligned(to: alignment) - count
        do throws(StreamError) { try sink.writeZeros(padding) } catch { throw .stream(error) }
        count += padding
    }

    consuming func finish() throws(SquashFSError) -> Sink {
        do throws(StreamError) { return try sink.finish() } catch { throw .stream(error) }
    }
}
