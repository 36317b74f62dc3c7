public import Bytes
public import Tar

/// Resolves the hard links of one image to their files.
///
/// A placement may omit or replace one name of a file. The other names still refer to the file, so the
/// first of them in order becomes the file and the others link to it.
public struct HardLinks {
    /// The cleaned names of each link and its target.
    private var targets: [ByteString: ByteString] = [:]

    var isEmpty: Bool { targets.isEmpty }

    public init(_ image: some Sequence<TarEntry>) {
        for entry in image where entry.header.typeFlag == .hardLink {
            targets[entry.header.name.cleanedPath] = entry.header.linkName.cleanedPath
        }
    }

    /// The cleaned name of the file that a name refers to, following all links; nil if they are circular.
    public func file(of name: ByteString) -> ByteString? {
        var current = name.cleanedPath
        var steps = 0
        while let next = targets[current] {
            if steps > targets.count { return nil }
            steps += 1
            current = next
        }
        return current
    }

    /// The entries, with links to files for which `isGone` is true relinked. Removed entries stay in place, for
    /// the caller to omit or replace.
    static func relinked(_ image: [TarEntry], from isGone: (ByteString) -> Bool) -> [TarEntry] {
        let links = HardLinks(image)
        if links.isEmpty { return image }
        var gone: [ByteString: TarEntry] = [:]
        for entry in image where entry.header.typeFlag != .hardLink && isGone(entry.header.name) {
            gone[entry.header.name.cleanedPath] = entry
        }
        var relinked: [ByteString: ByteString] = [:]
        return image.map { entry in
            guard entry.header.typeFlag == .hardLink, !isGone(entry.header.name),
                let file = links.file(of: entry.header.name)
            else { return entry }
            var entry = entry
            if let original = gone[file] {
                if let heir = relinked[file] {
                    entry.header.linkName = heir
                } else {
                    relinked[file] = entry.header.name
                    entry = original.named(entry.header.name)
                }
            } else if isGone(entry.header.linkName.cleanedPath) {
                entry.header.linkName = file
            }
            return entry
        }
    }
}

extension TarEntry {
    /// The same file under another name.
    func named(_ name: ByteString) -> TarEntry {
        var entry = self
        entry.header.name = name
        return entry
    }
}

extension ByteString {
    /// The path without empty and `.` components, as links may spell their targets differently.
    var cleanedPath: ByteString {
        let slash = UInt8(ascii: "/")
        let parts = bytes.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        return ByteString(parts.joined(separator: [slash]))
    }
}
