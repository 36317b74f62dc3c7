internal import Bytes
internal import Digests
internal import Tar

/// Writes an archive of images: regular files (mode 0644) and directories (mode 0755), time 0, owner 0:0.
struct ArchiveWriter<Sink: ByteSink & ~Copyable>: ~Copyable {
    private var tar: TarWriter<BufferedSink<Sink>>

    init(_ sink: consuming Sink) { tar = TarWriter(BufferedSink(sink)) }

    mutating func directory(_ name: String) throws(ImageError) {
        var header = TarHeader(name: ByteString(name), typeFlag: .directory)
        header.mode = 0o755
        do throws(TarError) { try tar.begin(header) } catch { throw Self.explain(error) }
    }

    mutating func file(_ name: String, _ bytes: [UInt8]) throws(ImageError) {
        do throws(TarError) {
            try tar.begin(Self.header(name, UInt64(bytes.count)))
            try tar.writeData(bytes)
        } catch { throw Self.explain(error) }
    }

    /// A member with all of `contents`; returns the digest of what was written.
    mutating func file(_ name: String, _ contents: any RandomAccessBytes) throws(ImageError) -> SHA256Digest {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { chunk.deallocate() }
        var source = RangeSource(contents)
        var hasher = SHA256Hasher()
        do throws(TarError) {
            try tar.begin(Self.header(name, contents.count))
            while true {
                let count: Int
                do throws(StreamError) { count = try source.read(into: chunk) } catch { throw .stream(error) }
                if count == 0 { break }
                let bytes = UnsafeRawBufferPointer(rebasing: chunk[..<count])
                hasher.update(bytes)
                try tar.writeData(bytes)
            }
        } catch { throw Self.explain(error) }
        return hasher.finalize()
    }

    /// Ends the archive and gives the sink back.
    consuming func finish() throws(ImageError) -> Sink {
        let sink: BufferedSink<Sink>
        do throws(TarError) { sink = try tar.finish() } catch { throw Self.explain(error) }
        do throws(StreamError) { return try sink.finish() } catch { throw ImageError(.stream(error)) }
    }

    private static func header(_ name: String, _ size: UInt64) -> TarHeader {
        var header = TarHeader(name: ByteString(name), typeFlag: .regular)
        header.mode = 0o644
        header.size = size
        return header
    }

    private static func explain(_ error: TarError) -> ImageError { ImageError(writing: error) }
}

extension ImageError {
    init(writing error: TarError) {
        if case .stream(let stream) = error {
            self.init(.stream(stream))
        } else {
            self.init(.archive(ArchiveProblem(archive: "the archive", reason: "\(error)")))
        }
    }
}
