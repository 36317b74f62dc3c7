public import Bytes
public import Tar

/// Which file each hard link of one image is a name of.
///
/// A file may have a name that a place leaves out or replaces. Its other names still mean the file, so
/// the first of them in order becomes the file and the others link to that one.
public struct HardLinks {
    /// The cleaned name of each link and of what it links to.
    private var targets: [ByteString: ByteString] = [:]

    var isEmpty: Bool { targets.isEmpty }

    public init(_ image: some Sequence<TarEntry>) {
        for entry in image where entry.header.typeFlag == .hardLink {
            targets[entry.header.name.cleanedPath] = entry.header.linkName.cleanedPath
        }
    }

    /// The cleaned name of the file that a name means, through however many links; nil if they lead in circles.
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

    /// The entries with every link to a file that `isGone` made whole. Those that are gone themselves
    /// stay in place, for the caller to leave out or to replace.
    static func rescued(_ image: [TarEntry], from isGone: (ByteString) -> Bool) -> [TarEntry] {
        let links = HardLinks(image)
        if links.isEmpty { return image }
        var gone: [ByteString: TarEntry] = [:]
        for entry in image where entry.header.typeFlag != .hardLink && isGone(entry.header.name) {
            gone[entry.header.name.cleanedPath] = entry
        }
        var heirs: [ByteString: ByteString] = [:]
        return image.map { entry in
            guard entry.header.typeFlag == .hardLink, !isGone(entry.header.name),
                let file = links.file(of: entry.header.name)
            else { return entry }
            var entry = entry
            if let original = gone[file] {
                if let heir = heirs[file] {
                    entry.header.linkName = heir
                } else {
                    heirs[file] = entry.header.name
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
    /// The path without empty and `.` components: links may spell their targets in other ways.
    var cleanedPath: ByteString {
        let slash = UInt8(ascii: "/")
        let parts = bytes.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        return ByteString(parts.joined(separator: [slash]))
    }
}
