public import Bytes
public import Tar

/// Finds the files of an image by their paths, as a system does that runs from it: symbolic links, also of folders
/// on the way, are followed inside the image, and hard links mean their file.
public struct ImageLinks {
    private let entries: [ByteString: Int]
    /// What has something below it.
    private let folders: Set<ByteString>
    private let image: [TarEntry]
    /// Links followed on the way to one file, as Linux has it.
    private static let limit = 40

    /// Why a path that exists leads nowhere.
    public enum Problem: Error, Equatable, Sendable, CustomStringConvertible {
        case dangling(link: ByteString, target: ByteString)
        case circular(link: ByteString, target: ByteString)
        /// A directory, a device or a pipe.
        case notRegular(path: ByteString)

        public var description: String {
            switch self {
            case .dangling(let link, let target):
                "the symbolic link \(link) points to \(target), which is not in the image"
            case .circular(let link, let target): "the symbolic link \(link) to \(target) is circular"
            case .notRegular(let path): "\(path) is not a regular file"
            }
        }
    }

    /// Of several entries with one name the last counts.
    public init(_ image: [TarEntry]) {
        self.image = image
        var entries: [ByteString: Int] = [:]
        for (index, entry) in image.enumerated() { entries[entry.header.name.cleanedPath] = index }
        self.entries = entries
        folders = Self.folders(above: entries.keys)
    }

    private static func folders(above names: some Sequence<ByteString>) -> Set<ByteString> {
        var folders: Set<ByteString> = []
        for name in names {
            var rest = name.bytes[...]
            while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
                rest = rest[..<slash]
                guard folders.insert(ByteString(rest)).inserted else { break }
            }
        }
        return folders
    }

    /// The regular file that `path` means, with its own name, and its place in the image; nil if nothing is there.
    public func file(at path: ByteString) throws(Problem) -> (entry: TarEntry, index: Int)? {
        var walk = Walk(path)
        var found: Int?
        while let name = walk.next() {
            found = entries[name].map(behindHardLinks)
            guard let index = found else {
                // Folders need no entries of their own.
                if folders.contains(name) {
                    walk.enter(name)
                    continue
                }
                if let (link, target) = walk.linkInvolved { throw .dangling(link: link, target: target) }
                return nil
            }
            guard image[index].header.typeFlag == .symbolicLink else {
                walk.enter(name)
                continue
            }
            let target = image[index].header.linkName
            guard walk.count < Self.limit else { throw .circular(link: name, target: target) }
            walk.follow(name, to: target)
        }
        guard let found, image[found].header.typeFlag == .regular else { throw .notRegular(path: path) }
        return (image[found], found)
    }

    /// The place of the entry called just so.
    func index(of path: ByteString) -> Int? { entries[path.cleanedPath] }

    private func behindHardLinks(_ index: Int) -> Int {
        var index = index
        for _ in 0..<Self.limit where image[index].header.typeFlag == .hardLink {
            guard let next = entries[image[index].header.linkName.cleanedPath], next != index else { break }
            index = next
        }
        return index
    }
}

/// A path on its way through an image, one component after the other.
private struct Walk {
    /// Still to come, the next one last.
    private var waiting: [ArraySlice<UInt8>]
    private var folder: [ArraySlice<UInt8>] = []
    /// Links that were followed, each with how much was still to come behind it.
    private var links: [(link: ByteString, target: ByteString, rest: Int)] = []
    private static let slash = UInt8(ascii: "/")

    init(_ path: ByteString) { waiting = path.bytes.split(separator: Self.slash).reversed() }

    /// Links followed so far.
    var count: Int { links.count }

    /// The innermost link whose target the component is part of that came last.
    var linkInvolved: (link: ByteString, target: ByteString)? {
        links.last { waiting.count >= $0.rest }.map { ($0.link, $0.target) }
    }

    /// The path of the next component below the folder that has been reached; nil at the end.
    mutating func next() -> ByteString? {
        while let component = waiting.popLast() {
            if component.elementsEqual(".".utf8) { continue }
            if component.elementsEqual("..".utf8) {
                // The root's parent is the root.
                _ = folder.popLast()
                continue
            }
            return ByteString((folder + [component]).joined(separator: [Self.slash]))
        }
        return nil
    }

    mutating func enter(_ path: ByteString) { folder = path.bytes.split(separator: Self.slash) }

    mutating func follow(_ link: ByteString, to target: ByteString) {
        links.append((link, target, waiting.count))
        if target.bytes.first == Self.slash { folder = [] }
        waiting += target.bytes.split(separator: Self.slash).reversed()
    }
}
