public import Bytes

extension FileTree {
    /// Resolves files, added one after the other by path, to a tree.
    ///
    /// - The last one counts. Over a directory, a directory only brings its metadata; anything else takes the
    ///   place of the directory and all that is in it.
    /// - A directory over a symbolic link to a directory is that directory: the link stays, and the
    ///   metadata are its target's. Paths go through links; the last component of a path that is no directory's
    ///   does not. Links lead to places inside the tree, whatever `..` they hold.
    /// - Parents that are missing, or are no directories, are made: mode 0755, owner 0:0, the builder's stamp.
    /// - A hard link is one more name for a node. A later file over a name replaces that name only.
    public struct Builder: Sendable {
        private let stamp: Timestamp
        private var names: NameTable
        private var nodes: [FileNode]

        private static let hopLimit = 40

        /// `stamp` is the time of the directories that nobody added, the root's too.
        public init(stamp: Timestamp) {
            self.stamp = stamp
            nodes = [FileNode(kind: .directory, metadata: FileMetadata(permissions: 0o755, modified: stamp))]
            names = NameTable(rootNode: 0)
        }

        /// Adds `node` at `path`; slashes at either end and `.` components mean nothing.
        public mutating func add(_ path: ByteString, _ node: FileNode) throws(FileTreeError) {
            var parts = try Self.split(path)
            guard let last = parts.popLast() else {
                guard node.kind == .directory else { throw .rootIsNoDirectory(path: path) }
                nodes[0].metadata = node.metadata
                return
            }
            var hops = 0
            let parent = try directory(parts, from: NameTable.root, path: path, hops: &hops)
            if node.kind == .directory {
                try addDirectory(last, in: parent, node, path: path, hops: &hops)
            } else {
                if case .symbolicLink(let target) = node.kind,
                    target.isEmpty || target.count > NameTable.pathLimit
                {
                    throw .unusableTarget(path: path)
                }
                nodes.append(node)
                try place(try lastNodeID(), at: last, in: parent)
            }
        }

        /// Makes `path` one more name of the file that `target` names.
        public mutating func addHardLink(
            _ path: ByteString, to target: ByteString, isShareable: Bool = false
        ) throws(FileTreeError) {
            guard let id = try find(target), case let node = names.names[Int(id)].node else {
                throw .missingLinkTarget(path: path, target: target)
            }
            if nodes[Int(node)].kind == .directory { throw .linkToDirectory(path: path, target: target) }
            var parts = try Self.split(path)
            guard let last = parts.popLast() else { throw .rootIsNoDirectory(path: path) }
            var hops = 0
            let parent = try directory(parts, from: NameTable.root, path: path, hops: &hops)
            // One name where something writes is enough to make the file no one's equal.
            if !isShareable { nodes[Int(node)].isShareable = false }
            try place(node, at: last, in: parent)
        }

        /// True if a symbolic link is on the way to `path` or at its end.
        public func leadsThroughLink(_ path: ByteString) -> Bool {
            var current = NameTable.root
            for part in path.bytes.split(separator: 0x2F) {
                guard let next = names.find(part, in: current) else { return false }
                if case .symbolicLink = nodes[Int(names.names[Int(next)].node)].kind { return true }
                current = next
            }
            return false
        }

        /// The tree, names sorted.
        public consuming func freeze() -> FileTree {
            // Taken out, so that the tree owns the nodes alone and need not copy them.
            var nodes: [FileNode] = []
            swap(&nodes, &self.nodes)
            return FileTree(names: names, nodes: consume nodes)
        }
    }
}

extension FileTree.Builder {
    private typealias Part = ArraySlice<UInt8>

    private static func split(_ path: ByteString) throws(FileTreeError) -> [Part] {
        if path.count > NameTable.pathLimit { throw .pathTooLong(path: path) }
        var parts: [Part] = []
        for part in path.bytes.split(separator: 0x2F) where !part.elementsEqual([0x2E]) {
            if part.elementsEqual([0x2E, 0x2E]) { throw .escapingPath(path: path) }
            if part.count > NameTable.lengthLimit || part.contains(0) { throw .unusableName(path: path) }
            parts.append(part)
        }
        return parts
    }

    private func lastNodeID() throws(FileTreeError) -> Int32 {
        guard let id = Int32(exactly: nodes.count - 1) else { throw .tooManyNames }
        return id
    }

    private func kind(_ id: NameTable.ID) -> FileKind { nodes[Int(names.names[Int(id)].node)].kind }

    /// Puts a node that is no directory at a name.
    private mutating func place(_ node: Int32, at name: Part, in parent: NameTable.ID) throws(FileTreeError) {
        guard let old = names.find(name, in: parent) else {
            _ = try names.insert(name, in: parent, node: node)
            return
        }
        if kind(old) == .directory {
            _ = try names.replace(old, node: node)
        } else {
            names.setNode(node, of: old)
        }
    }

    private mutating func addDirectory(
        _ name: Part, in parent: NameTable.ID, _ node: FileNode, path: ByteString, hops: inout Int
    ) throws(FileTreeError) {
        if let old = names.find(name, in: parent) {
            if let directory = try followToDirectory(old, path: path, hops: &hops) {
                nodes[Int(names.names[Int(directory)].node)].metadata = node.metadata
                return
            }
        }
        try makeDirectory(name, in: parent, node.metadata)
    }

    /// Makes `name` a new directory, whatever else it was.
    @discardableResult
    private mutating func makeDirectory(
        _ name: Part, in parent: NameTable.ID, _ metadata: FileMetadata
    ) throws(FileTreeError) -> NameTable.ID {
        nodes.append(FileNode(kind: .directory, metadata: metadata))
        let node = try lastNodeID()
        guard let old = names.find(name, in: parent) else {
            return try names.insert(name, in: parent, node: node)
        }
        names.setNode(node, of: old)
        return old
    }

    /// The directory that `parts` lead to from `start`, made on the way where it is missing.
    private mutating func directory(
        _ parts: [Part], from start: NameTable.ID, path: ByteString, hops: inout Int
    ) throws(FileTreeError) -> NameTable.ID {
        var current = start
        // What is still to walk, the next component last: links put their targets on top.
        var rest = Array(parts.reversed())
        while let part = rest.popLast() {
            if part.elementsEqual([0x2E, 0x2E]) {
                current = max(names.names[Int(current)].parent, NameTable.root)
                continue
            }
            let made = FileMetadata(permissions: 0o755, modified: stamp)
            guard let next = names.find(part, in: current) else {
                current = try makeDirectory(part, in: current, made)
                continue
            }
            switch kind(next) {
            case .directory: current = next
            case .symbolicLink(let target):
                try Self.follow(target, path: path, rest: &rest, current: &current, hops: &hops)
            default: current = try makeDirectory(part, in: current, made)
            }
        }
        return current
    }

    private static func follow(
        _ target: ByteString, path: ByteString, rest: inout [Part], current: inout NameTable.ID,
        hops: inout Int
    ) throws(FileTreeError) {
        hops += 1
        if hops > hopLimit { throw .tooManyLinks(path: path) }
        if target.bytes.first == 0x2F { current = NameTable.root }
        for part in target.bytes.split(separator: 0x2F).reversed() where !part.elementsEqual([0x2E]) {
            if part.count > NameTable.lengthLimit || part.contains(0) { throw .unusableName(path: path) }
            rest.append(part)
        }
    }

    /// The directory that `id` is or leads to through links; nil if it is none.
    private func followToDirectory(
        _ id: NameTable.ID, path: ByteString, hops: inout Int
    ) throws(FileTreeError) -> NameTable.ID? {
        if kind(id) == .directory { return id }
        guard
            let found = try walk([names.text(id)], from: names.names[Int(id)].parent, path: path, hops: &hops)
        else { return nil }
        return kind(found) == .directory ? found : nil
    }

    /// What `parts` lead to, all links followed; nil if there is nothing.
    private func walk(
        _ parts: [Part], from start: NameTable.ID, path: ByteString, hops: inout Int
    ) throws(FileTreeError) -> NameTable.ID? {
        var current = start
        var rest = Array(parts.reversed())
        while let part = rest.popLast() {
            guard kind(current) == .directory else { return nil }
            if part.elementsEqual([0x2E, 0x2E]) {
                current = max(names.names[Int(current)].parent, NameTable.root)
                continue
            }
            guard let next = names.find(part, in: current) else { return nil }
            if case .symbolicLink(let target) = kind(next) {
                try Self.follow(target, path: path, rest: &rest, current: &current, hops: &hops)
            } else {
                current = next
            }
        }
        return current
    }

    /// The name at `path`, links followed but at its end.
    private func find(_ path: ByteString) throws(FileTreeError) -> NameTable.ID? {
        var parts = try Self.split(path)
        guard let last = parts.popLast() else { return NameTable.root }
        var hops = 0
        guard let parent = try walk(parts, from: NameTable.root, path: path, hops: &hops),
            kind(parent) == .directory
        else { return nil }
        return names.find(last, in: parent)
    }
}
