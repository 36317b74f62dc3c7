public import Bytes
internal import Digests
internal import FileTree
public import KitConfig
internal import Tar

/// An earlier `tar` output whose unchanged parts are reused, so that their images are not needed.
///
/// It must contain the configuration that it was built from (`metadata` in `files`), at the same path as in
/// the new configuration. A part is unchanged if its section of the configuration and the IDs of named users
/// are the same, and if everything that it refers to is at the same path.
public struct EarlierOutput: Sendable {
    let kit: Kit
    /// The entries by their `LINUXKIT.location`, in order.
    private let entries: [ByteString: [TarEntry]]
    private let archive: any RandomAccessBytes
    private let digest: SHA256Digest
    /// The architecture of the first program in it (`amd64`); nil if there is none.
    public let architecture: String?

    /// Reads `archive`, named `name` in errors. Nil if it has no configuration at the path where `kit` has its own.
    public init?(_ archive: any RandomAccessBytes, name: String, for kit: Kit) throws {
        guard let metadata = kit.files.last(where: { !$0.metadata.isEmpty }) else { return nil }
        let path = ByteString(String(metadata.path.drop { $0 == "/" }))
        // Hash the whole first: references into it need a digest, and changes in the meantime must be detected.
        var hasher = SHA256Hasher()
        var whole = RangeSource(archive)
        _ = try whole.copy(to: &hasher)
        digest = hasher.finalize()
        self.archive = archive

        var text: [UInt8]?
        var architecture: String?
        var entries: [ByteString: [TarEntry]] = [:]
        var reader = TarReader(RangeSource(archive))
        while let member = try reader.next() {
            if member.header.name == path, member.dataLength < 16 << 20 {
                text = try archive.bytes(at: member.dataOffset, length: Int(member.dataLength), of: name)
            }
            if architecture == nil, member.dataLength >= 20 {
                architecture = Self.architecture(
                    ofProgram: try archive.bytes(at: member.dataOffset, length: 20, of: name))
            }
            let location = member.header.records.first { $0.key == "LINUXKIT.location" }?.value
            guard let location else { continue }
            let contents = try Self.contents(of: member, in: archive, digest: digest, name: name)
            entries[location, default: []].append(TarEntry(header: member.header, contents: contents))
        }
        guard let text else { return nil }
        self.kit = try KitLoader().load([KitSource(name: "\(path) in \(name)", text: text)]).kit
        self.entries = entries
        self.architecture = architecture
    }

    /// The architecture of an ELF file by its first 20 bytes (System V ABI, "ELF Header": `e_machine`).
    private static func architecture(ofProgram start: [UInt8]) -> String? {
        guard start.starts(with: [0x7F, 0x45, 0x4C, 0x46]), start[5] == 1 else { return nil }
        return switch UInt16(start[18]) | UInt16(start[19]) << 8 {
        case 62: "amd64"
        case 183: "arm64"
        case 243: "riscv64"
        default: nil
        }
    }

    private static func contents(
        of member: TarReader<RangeSource>.Member, in archive: any RandomAccessBytes, digest: SHA256Digest,
        name: String
    ) throws -> FileContents {
        guard member.dataLength > 0 else { return .empty }
        var hasher = SHA256Hasher()
        var source = RangeSource(archive, offset: member.dataOffset, length: member.dataLength)
        _ = try source.copy(to: &hasher)
        return .blob(
            digest: digest, offset: member.dataOffset, length: member.dataLength,
            contentDigest: hasher.finalize())
    }

    func entries(at location: String) -> [TarEntry]? { entries[ByteString(location)] }

    /// The store with the archive's own bytes added.
    func store(over base: any BlobStore) -> any BlobStore {
        EarlierOutputStore(base: base, digest: digest, archive: archive)
    }
}

/// A store with one additional blob.
private struct EarlierOutputStore: BlobStore {
    let base: any BlobStore
    let digest: SHA256Digest
    let archive: any RandomAccessBytes

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        digest == self.digest ? archive : try base.open(digest)
    }
}
