public import Bytes
public import Tar

/// Finds the files of an image by path, as a system running from it does: symbolic links, including those of
/// parent directories, are followed inside the image, and hard links are resolved to their file.
public struct ImageLinks {
    private let entries: [ByteString: Int]
    /// The paths that have entries below them.
    private let directories: Set<ByteString>
    private let image: [TarEntry]
    /// The maximum number of links followed for one path, as in Linux.
    private static let limit = 40

    /// The reason why a path cannot be resolved to a regular file.
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

    /// If several entries have the same name, the last one counts.
    public init(_ image: [TarEntry]) {
        self.image = image
        var entries: [ByteString: Int] = [:]
        for (index, entry) in image.enumerated() { entries[entry.header.name.cleanedPath] = index }
        self.entries = entries
        directories = Self.directories(above: entries.keys)
    }

    private static func directories(above names: some Sequence<ByteString>) -> Set<ByteString> {
        var directories: Set<ByteString> = []
        for name in names {
            var rest = name.bytes[...]
            while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
                rest = rest[..<slash]
                guard directories.insert(ByteString(rest)).inserted else { break }
            }
        }
        return directories
    }

    /// The regular file that `path` resolves to, under its own name, and its index in the image; nil if not found.
    public func file(at path: ByteString) throws(Problem) -> (entry: TarEntry, index: Int)? {
        var walk = Walk(path)
        var found: Int?
        while let name = walk.next() {
            found = entries[name].map(behindHardLinks)
            guard let index = found else {
                // Directories may exist without an entry.
                if directories.contains(name) {
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

    /// The index of the entry with exactly this name.
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

/// A path being resolved in an image, component by component.
private struct Walk {
    /// The remaining components in reverse order.
    private var waiting: [ArraySlice<UInt8>]
    private var directory: [ArraySlice<UInt8>] = []
    /// The links followed, each with the number of components that remained after it.
    private var links: [(link: ByteString, target: ByteString, rest: Int)] = []
    private static let slash = UInt8(ascii: "/")

    init(_ path: ByteString) { waiting = path.bytes.split(separator: Self.slash).reversed() }

    /// The number of links followed so far.
    var count: Int { links.count }

    /// The innermost link whose target contains the current component.
    var linkInvolved: (link: ByteString, target: ByteString)? {
        links.last { waiting.count >= $0.rest }.map { ($0.link, $0.target) }
    }

    /// The path of the next component below the current directory; nil at the end.
    mutating func next() -> ByteString? {
        while let component = waiting.popLast() {
            if component.elementsEqual(".".utf8) { continue }
            if component.elementsEqual("..".utf8) {
                // The root's parent is the root.
                _ = directory.popLast()
                continue
            }
            return ByteString((directory + [component]).joined(separator: [Self.slash]))
        }
        return nil
    }

    mutating func enter(_ path: ByteString) { directory = path.bytes.split(separator: Self.slash) }

    mutating func follow(_ link: ByteString, to target: ByteString) {
        links.append((link, target, waiting.count))
        if target.bytes.first == Self.slash { directory = [] }
        waiting += target.bytes.split(separator: Self.slash).reversed()
    }
}
