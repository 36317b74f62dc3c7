internal import Bytes
internal import Digests

/// What an archive of images held, once it has been read to its end. Members come in any order, and which
/// of them matter is said by documents that often come last.
struct ArchiveContents {
    /// Small members by cleaned name, kept in memory.
    var documents: [ByteString: [UInt8]] = [:]
    /// Large members by cleaned name: they are blobs of the layout already.
    var stored: [ByteString: Descriptor] = [:]
    /// Links by cleaned name, with the cleaned name of what they lead to.
    var links: [ByteString: ByteString] = [:]

    /// `name` with links followed; nil if they go round.
    func resolved(_ name: ByteString) -> ByteString? {
        var name = name
        for _ in 0..<16 {
            guard let target = links[name] else { return name }
            name = target
        }
        return nil
    }
}

/// Names of members, cleaned.
enum ArchivePath {
    /// `path` without `.`, doubled slashes and, where it does not lead out of the archive, `..`; nil where
    /// it does. An absolute path is none of an archive's.
    static func cleaned(_ path: ByteString) -> ByteString? {
        guard path.bytes.first != EntryPath.slash, path.count <= 4096,
            let parts = EntryPath.parts(path.bytes)
        else { return nil }
        return ByteString(parts.map(\.bytes).joined(separator: [EntryPath.slash]))
    }

    /// What the symbolic link `name` leads to, inside the archive.
    static func target(_ link: ByteString, of name: ByteString) -> ByteString? {
        guard link.bytes.first != EntryPath.slash else { return nil }
        let folder = name.bytes.lastIndex(of: EntryPath.slash).map { name.bytes[...$0] } ?? []
        return cleaned(ByteString(folder + link.bytes))
    }

    /// The digest that `name` promises: `blobs/sha256/<hex>`.
    static func digest(_ name: ByteString) -> SHA256Digest? {
        guard name.hasPrefix("blobs/sha256/") else { return nil }
        return SHA256Digest(hex: String(decoding: name.bytes.dropFirst(13), as: UTF8.self))
    }
}
