internal import Bytes
internal import Digests

/// The contents of an archive of images, after reading it to its end. Members come in any order, and which
/// of them matter is defined by documents that are often last.
struct ArchiveContents {
    /// Small members by cleaned name, kept in memory.
    var documents: [ByteString: [UInt8]] = [:]
    /// Large members by cleaned name: they are blobs of the layout already.
    var stored: [ByteString: Descriptor] = [:]
    /// Links by cleaned name.
    var links: [ByteString: ArchiveLink] = [:]

    /// What a name leads to.
    enum Resolution {
        case member(ByteString)
        case missing
        /// The link, and the target that it names, which is not in the archive.
        case dangling(ByteString, target: ByteString)
        /// The last link followed, which leads back to an earlier one.
        case loop(ByteString, target: ByteString)
    }

    /// What is at `name`, links followed, those on the way to it too.
    func resolve(_ name: ByteString) -> Resolution {
        var name = name
        var last: (name: ByteString, link: ArchiveLink)?
        for _ in 0..<Self.linkLimit {
            if exists(name) { return .member(name) }
            guard let (place, link, rest) = link(on: name) else {
                return last.map { .dangling($0.name, target: $0.link.target) } ?? .missing
            }
            last = (place, link)
            let candidates = link.places.map { rest.isEmpty ? $0 : $0 + "/" + rest }
            // Old versions of Docker wrote some links as seen from the archive's root.
            guard
                let next = candidates.first(where: { exists($0) || self.link(on: $0) != nil })
                    ?? candidates.first
            else { return .dangling(place, target: link.target) }
            name = next
        }
        return last.map { .loop($0.name, target: $0.link.target) } ?? .missing
    }

    private static let linkLimit = 16

    private func exists(_ name: ByteString) -> Bool { documents[name] != nil || stored[name] != nil }

    /// The first link on the way to `name`, or at its end, and the path that remains after it.
    private func link(on name: ByteString) -> (place: ByteString, link: ArchiveLink, rest: ByteString)? {
        if links.isEmpty { return nil }
        let parts = name.bytes.split(separator: EntryPath.slash)
        for end in parts.indices {
            let place = ByteString(parts[...end].joined(separator: [EntryPath.slash]))
            guard let link = links[place] else { continue }
            return (place, link, ByteString(parts[(end + 1)...].joined(separator: [EntryPath.slash])))
        }
        return nil
    }
}

/// A symbolic or hard link in an archive.
struct ArchiveLink {
    /// As the archive has it.
    let target: ByteString
    /// Where that may be, cleaned, the likeliest place first.
    let places: [ByteString]

    /// Nil if the link leads out of the archive.
    init?(to target: ByteString, at name: ByteString, isHard: Bool) {
        guard target.bytes.first != EntryPath.slash || isHard else { return nil }
        let directory = name.bytes.lastIndex(of: EntryPath.slash).map { name.bytes[...$0] } ?? []
        let places = [ArchivePath.cleaned(ByteString(directory + target.bytes)), ArchivePath.cleaned(target)]
            .compactMap { $0 }
        if places.isEmpty { return nil }
        self.target = target
        // Names in hard links start at the root, those in symbolic links at the link.
        self.places = isHard ? places.reversed() : places
    }
}

/// Names of members, cleaned.
enum ArchivePath {
    /// `path` without `.`, doubled slashes and, where it does not lead out of the archive, `..`; nil where
    /// it does. Absolute paths lead out of it.
    static func cleaned(_ path: ByteString) -> ByteString? {
        guard path.bytes.first != EntryPath.slash, path.count <= 4096,
            let parts = EntryPath.parts(path.bytes)
        else { return nil }
        return ByteString(parts.map(\.bytes).joined(separator: [EntryPath.slash]))
    }

    /// The digest that `name` promises: `blobs/sha256/<hex>`.
    static func digest(_ name: ByteString) -> SHA256Digest? {
        guard name.hasPrefix("blobs/sha256/") else { return nil }
        return SHA256Digest(hex: String(decoding: name.bytes.dropFirst(13), as: UTF8.self))
    }
}
