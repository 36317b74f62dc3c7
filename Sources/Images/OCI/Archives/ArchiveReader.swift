internal import Bytes
internal import Decompression
internal import Digests
internal import Tar

/// Reads an archive of images once, from front to back. Blobs go into the layout as they come, each under the
/// digest that it has; nothing is named yet, and no member's name becomes that of a file.
struct ArchiveReader {
    let layout: ImageLayout
    /// What is read, for messages.
    let archive: String
    private(set) var contents = ArchiveContents()
    /// Bytes of `contents.documents`.
    private var held = 0
    /// The member being read, for messages.
    private var entry: ByteString?
    private var entryOffset: UInt64?

    /// Members of this size are kept in memory, up to `heldLimit` bytes in all.
    private static let documentSize: UInt64 = 256 << 10
    private static let heldLimit = 64 << 20
    /// Members of one archive: an image has some three for each layer.
    private static let memberLimit = 200_000

    init(layout: ImageLayout, archive: String) {
        self.layout = layout
        self.archive = archive
    }

    /// Reads everything, to the end of the stream.
    mutating func read(_ source: some ByteSource) throws(ImageError) {
        do throws(TarError) {
            let plain: any ByteSource
            do throws(StreamError) {
                plain = try Decompressor.source(detectingIn: source, ignoresGarbage: true).source
            } catch {
                throw .stream(error)
            }
            try readMembers(AnyByteSource(plain))
        } catch { throw explain(error) }
    }

    private mutating func readMembers(_ source: AnyByteSource) throws(TarError) {
        var reader = TarReader(source)
        var count = 0
        while let member = try reader.next() {
            (entry, entryOffset) = (member.header.name, member.headerOffset)
            count += 1
            guard count <= Self.memberLimit else {
                throw .stream(.limitExceeded(what: "members", limit: UInt64(Self.memberLimit)))
            }
            try take(member, from: &reader)
        }
        (entry, entryOffset) = (nil, nil)
        // What is behind the archive's end belongs to the stream: a checksum, or a pipe's writer.
        try reader.drain()
    }

    private mutating func take(
        _ member: TarReader<AnyByteSource>.Member, from reader: inout TarReader<AnyByteSource>
    ) throws(TarError) {
        let header = member.header
        guard let name = ArchivePath.cleaned(header.name) else {
            throw refusal("its name leads out of the archive")
        }
        // Of several members of one name the last one counts.
        contents.documents[name] = nil
        contents.stored[name] = nil
        contents.links[name] = nil
        switch header.typeFlag {
        case .directory: break
        case .regular:
            if let digest = ArchivePath.digest(name) {
                contents.stored[name] = try store(&reader, expecting: digest)
            } else if member.dataLength <= Self.documentSize, held < Self.heldLimit {
                let bytes = try Self.bytes(&reader)
                held += bytes.count
                contents.documents[name] = bytes
            } else {
                contents.stored[name] = try store(&reader)
            }
        case .symbolicLink, .hardLink:
            let isHard = header.typeFlag == .hardLink
            guard let link = ArchiveLink(to: header.linkName, at: name, isHard: isHard) else {
                throw refusal("it links to \(header.linkName.text), which is outside the archive")
            }
            contents.links[name] = link
        case .characterDevice, .blockDevice, .fifo:
            throw refusal("archives of images cannot have devices")
        }
    }

    /// The current member as a blob of the layout; without `expected` it may have any digest.
    private func store(
        _ reader: inout TarReader<AnyByteSource>, expecting expected: SHA256Digest? = nil
    ) throws(TarError) -> Descriptor {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { chunk.deallocate() }
        var writer = try Self.stream { () throws(StreamError) in try layout.newBlob() }
        while true {
            let count = try reader.readData(into: chunk)
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: chunk[..<count])
            do throws(StreamError) { try writer.write(bytes) } catch { throw .stream(error) }
        }
        let found = writer.digest
        if let expected, found != expected { throw refusal("its contents have the digest \(found.oci)") }
        do throws(StreamError) { return try writer.commit(mediaType: .octets) } catch {
            throw .stream(error)
        }
    }

    private static func bytes(_ reader: inout TarReader<AnyByteSource>) throws(TarError) -> [UInt8] {
        var all: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try reader.readData(into: chunk)
            if count == 0 { return all }
            all.append(contentsOf: chunk[..<count])
        }
    }
}

extension ArchiveReader {
    private static func stream<T: ~Copyable>(_ body: () throws(StreamError) -> T) throws(TarError) -> T {
        do throws(StreamError) { return try body() } catch { throw .stream(error) }
    }

    /// Carried as an error of the stream to where archive, member and offset are added.
    private func refusal(_ reason: String) -> TarError {
        .stream(.corrupt(what: Self.member, offset: entryOffset ?? 0, reason: reason))
    }

    private static let member = "member"

    private func explain(_ error: TarError) -> ImageError {
        switch error {
        case .stream(.system(let operation, let path, let code)):
            ImageError(.stream(.system(operation: operation, path: path, errno: code)))
        case .stream(.corrupt(Self.member, _, let reason)): problem(reason)
        case .stream(let error): problem("\(error)")
        // These name the byte themselves.
        default: problem("\(error)", offset: nil)
        }
    }

    private func problem(_ reason: String) -> ImageError { problem(reason, offset: entryOffset) }

    private func problem(_ reason: String, offset: UInt64?) -> ImageError {
        ImageError(
            .archive(ArchiveProblem(archive: archive, entry: entry, offset: offset, reason: reason)))
    }
}

/// Any source as one type.
struct AnyByteSource: ByteSource {
    private var base: any ByteSource
    init(_ base: any ByteSource) { self.base = base }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        try base.read(into: buffer)
    }
}
