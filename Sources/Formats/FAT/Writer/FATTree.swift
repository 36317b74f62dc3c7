internal import Bytes
internal import Digests
internal import FileTree

/// The files and directories of a volume to be written, with their short names.
struct FATTree {
    struct Node {
        let name: ByteString
        let units: [UInt16]
        let parent: Int
        let isDirectory: Bool
        var contents = ExtentMap()
        var modified: Timestamp
        var attributes: FATAttributes
        /// Sorted bytewise once the tree is complete.
        var children: [Int] = []
        var shortName: [UInt8] = []
        /// True where the short name says less than the name.
        var needsLongName = false

        /// Directory entries that the name takes.
        var entryCount: Int { 1 + (needsLongName ? LongName.entryCount(units.count) : 0) }
    }

    static let root = 0
    /// Entries of a directory, 2 MiB.
    static let entryLimit = 65536

    private(set) var nodes: [Node]
    /// Directories, the root first, each after the one that it is in.
    private(set) var directories: [Int] = []
    /// Files in the order of the tree.
    private(set) var files: [Int] = []
    /// Directories by path while the tree is built, files after.
    private var indices: [ByteString: Int] = [ByteString(): 0]
    private let hasLabel: Bool

    init(files: [FATFile], directories: [FATDirectory], options: FATOptions) throws(FATError) {
        hasLabel = options.label != nil
        let time = options.stamp.time
        nodes = [
            Node(
                name: ByteString(), units: [], parent: -1, isDirectory: true, modified: time, attributes: [])
        ]
        for directory in directories { try add(directory, time: time) }
        for file in files { try add(file, time: time) }
        try complete()
    }

    /// The number of the file or directory at `path`.
    func index(of path: ByteString) -> Int? { indices[Self.normal(path)] }

    func path(of index: Int) -> ByteString {
        var parts: [[UInt8]] = []
        var current = index
        while current > 0 {
            parts.append(nodes[current].name.bytes)
            current = nodes[current].parent
        }
        return ByteString(Array(parts.reversed().joined(separator: [0x2F])))
    }

    /// Entries of a directory: its files', those of itself and its parent, and the root's label.
    func entryCount(of directory: Int) -> Int {
        let own = directory == Self.root ? (hasLabel ? 1 : 0) : 2
        return nodes[directory].children.reduce(own) { $0 + nodes[$1].entryCount }
    }

    private static func normal(_ path: ByteString) -> ByteString {
        ByteString(Array(path.bytes.split(separator: 0x2F).joined(separator: [0x2F])))
    }

    private mutating func add(_ directory: FATDirectory, time: Timestamp) throws(FATError) {
        let path = Self.normal(directory.path)
        let index = try makeDirectories(path, for: path, time: time)
        nodes[index].modified = directory.modified
        nodes[index].attributes = directory.attributes.intersection(.settable)
    }

    private mutating func add(_ file: FATFile, time: Timestamp) throws(FATError) {
        let path = Self.normal(file.path)
        guard file.contents.count <= UInt64(UInt32.max) else {
            throw .fileTooLarge(path: path, size: file.contents.count)
        }
        guard indices[path] == nil else { throw .nameClash(path: path, other: path) }
        let (parent, name) = Self.split(path)
        let directory = try makeDirectories(parent, for: path, time: time)
        let index = try insert(name, path: path, in: directory, isDirectory: false, modified: file.modified)
        nodes[index].contents = file.contents
        nodes[index].attributes = file.attributes.intersection(.settable)
    }

    /// The directory at `path`, made with all that it is in, for `user`, it or a file in it.
    private mutating func makeDirectories(
        _ path: ByteString, for user: ByteString, time: Timestamp
    ) throws(FATError) -> Int {
        if let index = indices[path] {
            guard nodes[index].isDirectory else { throw .nameClash(path: user, other: path) }
            return index
        }
        var current = Self.root
        var prefix: [UInt8] = []
        for part in path.bytes.split(separator: 0x2F) {
            if !prefix.isEmpty { prefix.append(0x2F) }
            prefix.append(contentsOf: part)
            let here = ByteString(prefix)
            if let known = indices[here] {
                guard nodes[known].isDirectory else { throw .nameClash(path: user, other: here) }
                current = known
            } else {
                current = try insert(
                    ByteString(Array(part)), path: here, in: current, isDirectory: true, modified: time)
            }
        }
        return current
    }

    private mutating func insert(
        _ name: ByteString, path: ByteString, in parent: Int, isDirectory: Bool, modified: Timestamp
    ) throws(FATError) -> Int {
        if name.isEmpty { throw .unusableName(path: path, reason: "it is empty") }
        switch LongName.units(name) {
        case .failure(let error): throw .unusableName(path: path, reason: error.reason)
        case .success(let units):
            let index = nodes.count
            nodes.append(
                Node(
                    name: name, units: units, parent: parent, isDirectory: isDirectory, modified: modified,
                    attributes: []))
            nodes[parent].children.append(index)
            indices[path] = index
            return index
        }
    }

    private static func split(_ path: ByteString) -> (parent: ByteString, name: ByteString) {
        guard let slash = path.bytes.lastIndex(of: 0x2F) else { return (ByteString(), path) }
        return (ByteString(path.bytes[..<slash]), ByteString(path.bytes[(slash + 1)...]))
    }
}

extension FATTree {
    /// Sorts, gives short names, and lists the nodes in the order of the disk.
    private mutating func complete() throws(FATError) {
        var pending = [Self.root]
        while let directory = pending.popLast() {
            directories.append(directory)
            let children = nodes[directory].children.sorted { nodes[$0].name < nodes[$1].name }
            nodes[directory].children = children
            try checkClashes(children)
            let shortNames = ShortName.names(for: children.map { nodes[$0].name })
            for (child, shortName) in zip(children, shortNames) {
                nodes[child].shortName = shortName
                nodes[child].needsLongName = ShortName.text(shortName) != nodes[child].name.bytes
            }
            guard entryCount(of: directory) <= Self.entryLimit else {
                throw .directoryTooLarge(path: path(of: directory))
            }
            pending.append(contentsOf: children.filter { nodes[$0].isDirectory }.reversed())
        }
        for directory in directories {
            files.append(contentsOf: nodes[directory].children.filter { !nodes[$0].isDirectory })
        }
    }

    private func checkClashes(_ children: [Int]) throws(FATError) {
        var seen: [[UInt16]: Int] = [:]
        for child in children {
            if let other = seen.updateValue(child, forKey: CaseFolding.fold(nodes[child].units)) {
                throw .nameClash(path: path(of: child), other: path(of: other))
            }
        }
    }

    /// Stands for all that is in the volume: SHA-256 over names, kinds, times, attributes and contents.
    func identity(label: ByteString) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update(label.bytes)
        for index in directories + files {
            let node = nodes[index]
            let path = path(of: index)
            var record: [UInt8] = []
            record.append(big: UInt64(path.count))
            record += path.bytes
            record += [node.isDirectory ? 1 : 0, node.attributes.rawValue]
            let time = FATTime(node.modified)
            record.append(big: UInt32(time.date) << 16 | UInt32(time.time))
            if !node.isDirectory { record += node.contents.identity.bytes }
            hasher.update(record)
        }
        return hasher.finalize()
    }
}
