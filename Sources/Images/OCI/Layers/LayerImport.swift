internal import Bytes
internal import Decompression
internal import Digests
internal import Host
internal import Tar

/// Turns the blob of a layer into its tar and the index of it, in one pass over the bytes:
/// the blob's digest, the tar's digest and each file's are computed as they stream by.
struct LayerImport {
    let layout: ImageLayout
    let layer: ImageLayer
    let limits: LayerLimits
    /// Where the tar goes; a blob that is a tar itself stays where it is.
    let tarPath: String
    let indexPath: String
    /// The member being read, for messages.
    private var entry: ByteString?
    private var entryOffset: UInt64?
    /// The first bytes of the blob, and how it is compressed, for messages.
    private var start: [UInt8] = []
    private var compression: Compression?

    init(layout: ImageLayout, layer: ImageLayer, limits: LayerLimits, tarPath: String, indexPath: String) {
        self.layout = layout
        self.layer = layer
        self.limits = limits
        self.tarPath = tarPath
        self.indexPath = indexPath
    }

    mutating func run() throws(ImageError) {
        let blob = try layout.openBlob(layer.descriptor)
        let compressed = HashingSource(RangeSource(blob))
        do throws(ImageError) {
            try convert(compressed, from: blob)
        } catch {
            if case .layer = error.problem {
                // Report the damage of a damaged blob rather than any consequence of it.
                let found = try reading { () throws(StreamError) in try compressed.drainedDigest() }
                try layout.check(layer.descriptor, found: found, at: blob.path)
            }
            throw error
        }
    }

    private mutating func convert(_ compressed: HashingSource, from blob: ReadableFile) throws(ImageError) {
        start = try stream { () throws(StreamError) in
            try blob.bytes(at: 0, length: Int(min(blob.count, 6)), of: blob.path)
        }
        compression = try stream { () throws(StreamError) in try Compression.detected(in: blob) }
        let tar = try stream { () throws(StreamError) in try self.tar(compressed, from: blob) }
        var index = try stream { () throws(StreamError) in try LayerIndexWriter(path: indexPath) }
        let length = try readMembers(of: tar, into: &index)
        let found = try stream { () throws(StreamError) -> (diffID: SHA256Digest, blob: SHA256Digest) in
            (diffID: try tar.drainedDigest(), blob: try compressed.drainedDigest())
        }
        try layout.check(layer.descriptor, found: found.blob, at: blob.path)
        guard found.diffID == layer.diffID else {
            throw problem(
                "its uncompressed contents have the digest \(found.diffID.oci), but the configuration says "
                    + layer.diffID.oci
            )
        }
        do throws(StreamError) {
            try tar.commit()
            try index.commit(diffID: layer.diffID, tarLength: length)
        } catch { throw ImageError(.stream(error)) }
    }

    /// The blob decompressed, by its first bytes: OCI tools use these, not the media type.
    private func tar(
        _ compressed: HashingSource, from blob: ReadableFile
    ) throws(StreamError) -> CopyingSource {
        guard let compression else { return try CopyingSource(compressed, path: nil) }
        // The diff ID says whether anything is missing, so that garbage after a gzip file does no harm.
        let source = try Decompressor.source(
            over: compressed, compression: compression, ignoresGarbage: true,
            limit: limits.uncompressed(blob.count))
        return try CopyingSource(source, path: tarPath)
    }

    /// Every member of `tar` into `index`; returns the length of the tar.
    private mutating func readMembers(
        of tar: CopyingSource, into index: inout LayerIndexWriter
    ) throws(ImageError) -> UInt64 {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { chunk.deallocate() }
        var reader = TarReader(tar, acceptsSparse: true)
        var count: UInt64 = 0
        var holes: UInt64 = 0
        do throws(TarError) {
            while let member = try reader.next() {
                (entry, entryOffset) = (member.header.name, member.headerOffset)
                count += 1
                guard count <= limits.maximumEntries else {
                    throw .stream(.limitExceeded(what: "members of the layer", limit: limits.maximumEntries))
                }
                if member.sparseMap != nil {
                    let (sum, overflow) = holes.addingReportingOverflow(
                        member.header.size - member.dataLength)
                    guard !overflow, sum <= limits.maximumHoles else {
                        throw .stream(.limitExceeded(what: "holes in files", limit: limits.maximumHoles))
                    }
                    holes = sum
                }
                let line = LayerEntry(
                    header: member.header, headerOffset: member.headerOffset, dataOffset: member.dataOffset,
                    dataLength: member.dataLength, sparseMap: member.sparseMap,
                    contentDigest: try Self.digest(of: member, &reader, through: chunk))
                do throws(StreamError) { try index.append(line) } catch { throw .stream(error) }
            }
            (entry, entryOffset) = (nil, nil)
            return try reader.drain()
        } catch { throw explain(error, at: reader.offset) }
    }

    /// The digest of the current member's contents, holes included.
    private static func digest(
        of member: TarReader<CopyingSource>.Member, _ reader: inout TarReader<CopyingSource>,
        through chunk: UnsafeMutableRawBufferPointer
    ) throws(TarError) -> SHA256Digest {
        var hasher = SHA256Hasher()
        var end: UInt64 = 0
        for piece in member.sparseMap ?? [0..<member.dataLength] {
            hasher.updateZeros(piece.lowerBound - end)
            end = piece.upperBound
            var left = piece.upperBound - piece.lowerBound
            while left > 0 {
                let wanted = Int(min(UInt64(chunk.count), left))
                let count = try reader.readData(
                    into: UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted]))
                hasher.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
                left -= UInt64(count)
            }
        }
        if member.sparseMap != nil { hasher.updateZeros(member.header.size - end) }
        return hasher.finalize()
    }
}

extension LayerImport {
    private func stream<T: ~Copyable>(_ body: () throws(StreamError) -> T) throws(ImageError) -> T {
        do throws(StreamError) { return try body() } catch { throw explain(.stream(error), at: nil) }
    }

    private func problem(_ reason: String, entry: ByteString? = nil, offset: UInt64? = nil) -> ImageError {
        ImageError(
            .layer(
                LayerProblem(
                    layer: layer.descriptor.digest, entry: entry ?? self.entry,
                    offset: offset ?? entryOffset, reason: reason)))
    }

    /// What the layer is instead of a tar archive: its label, and what it starts with.
    private var notATar: String {
        let hex = start.prefix(4).map(\.hex).joined(separator: " ")
        let seen = "labelled \(layer.descriptor.mediaType.label), starts with \(hex)"
        if let compression { return "not a tar archive inside \(compression) data (\(seen))" }
        if let format = UnsupportedFormat(detecting: start) {
            return
                "compressed with \(format), which layers of images cannot be (\(seen)); pack it with gzip or zstd"
        }
        return "not a tar archive (\(seen))"
    }

    /// `position` is how far the tar had been read.
    private func explain(_ error: TarError, at position: UInt64?) -> ImageError {
        switch error {
        case .stream(.unexpectedEnd(let what, let offset)):
            problem("the \(what) ends too early, at byte \(offset) of the blob", offset: position)
        case .stream(.corrupt(let what, let offset, let reason)):
            problem("the \(what) is corrupt at byte \(offset) of the blob: \(reason)", offset: position)
        case .stream(.limitExceeded(let what, let limit)):
            problem("too large: \(what) beyond the limit of \(limit)", offset: position)
        case .stream(let error): ImageError(.stream(error))
        case .truncated(_, let offset) where offset < 512 && compression == nil,
            .checksumMismatch(let offset) where offset == 0:
            problem(notATar, offset: 0)
        case .truncated(let what, let offset): problem("the tar ends inside \(what)", offset: offset)
        case .checksumMismatch(let offset):
            problem("malformed tar header: its checksum is wrong", offset: offset)
        case .loneZeroBlock(let offset):
            problem("a block of zeros that is not the tar's end", offset: offset)
        case .invalidField(let field, let entry, let offset):
            problem("invalid value of \(field)", entry: entry, offset: offset)
        case .invalidRecord(let entry, let offset):
            problem("malformed extended header record", entry: entry, offset: offset)
        case .extendedHeaderTooLong(let entry, let size, let offset):
            problem("extended header of \(size) bytes", entry: entry, offset: offset)
        case .unsupportedType(let flag, let entry, let offset):
            problem("unsupported member type \(flag)", entry: entry, offset: offset)
        case .sparseFile(let entry, let offset):
            problem(
                "unsupported sparse file format; pack the layer without sparse files", entry: entry,
                offset: offset
            )
        case .unrepresentable(let field, let entry):
            problem("\(field) can't be represented", entry: entry)
        case .lengthMismatch(let entry, let expected, let given):
            problem("\(given) bytes of contents, but the header gives \(expected)", entry: entry)
        }
    }
}

extension UInt8 {
    /// Two digits.
    fileprivate var hex: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
