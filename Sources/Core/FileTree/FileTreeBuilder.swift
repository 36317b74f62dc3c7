public import Bytes

extension FileTree {
    /// Resolves files, added one after the other by path, to a tree.
    ///
    /// - The last one counts. Over a directory, a directory only brings its metadata; a file takes the place of
    ///   the directory and all that is in it, which is a conflict unless it was empty.
    /// - A directory over a symbolic link to a directory, or to nothing yet, is what the link leads to: the link
    ///   stays. A symbolic link over a directory moves what is in it to where the link leads. So it makes no
    ///   difference which of them comes first, and of two files that meet the one that was added later counts.
    ///   What cannot move is a conflict.
    /// - Paths go through links; the last component of a path that is not a directory's does not. Links lead to
    ///   places inside the tree, or inside the nearest root of its own (`rootDepth`), whatever `..` they hold.
    /// - Parents that are missing, or are not directories, are made: mode 0755, owner 0:0, the builder's stamp.
    /// - A hard link is one more name for a node. A later file over a name replaces that name only.
    public struct Builder: Sendable {
        let stamp: Timestamp
        let rootDepth: RootDepth
        var names: NameTable
        var nodes: [FileNode]
        /// How many files were added so far, which orders them.
        private var clock: UInt32 = 0
        /// How many names were moved through links.
        var moved = 0
        /// What could not be merged, as far as it fits: the first `conflictLimit`.
        public internal(set) var conflicts: [FileTreeConflict] = []

        /// How many leading components of a path name a root of its own, such as that of a container: links
        /// below it are seen from there. 0 for paths that belong to the tree's own root.
        public typealias RootDepth = @Sendable (_ parts: [ArraySlice<UInt8>]) -> Int

        static let hopLimit = 40
        static let conflictLimit = 1000
        /// Links over directories could move the same files again and again.
        let moveLimit: Int

        /// `stamp` is the time of the directories that nobody added, the root's too.
        public init(
            stamp: Timestamp, moveLimit: Int = 8_000_000, rootDepth: @escaping RootDepth = { _ in 0 }
        ) {
            self.stamp = stamp
            self.moveLimit = moveLimit
            self.rootDepth = rootDepth
            nodes = [FileNode(kind: .directory, metadata: FileMetadata(permissions: 0o755, modified: stamp))]
            names = NameTable(rootNode: 0)
        }

        /// Adds `node` at `path`; slashes at either end and `.` components mean nothing.
        public mutating func add(_ path: ByteString, _ node: FileNode) throws(FileTreeError) {
            let parts = try Self.split(path)
            if parts.isEmpty {
                guard node.kind == .directory else { throw .rootIsNoDirectory(path: path) }
                nodes[0].metadata = node.metadata
                names.setOrder(try nextOrder(), of: NameTable.root)
                return
            }
            if case .symbolicLink(let target) = node.kind,
                target.isEmpty || target.count > NameTable.pathLimit
            {
                throw .unusableTarget(path: path)
            }
            nodes.append(node)
            try settle(Arrival(path: path, parts: parts, node: try lastNodeID(), order: try nextOrder()))
        }

        /// Makes `path` one more name of the file that `target` names.
        public mutating func addHardLink(
            _ path: ByteString, to target: ByteString, isShareable: Bool = false
        ) throws(FileTreeError) {
            guard let id = try find(target), case let node = names.names[Int(id)].node else {
                throw .missingLinkTarget(path: path, target: target)
            }
            if nodes[Int(node)].kind == .directory { throw .linkToDirectory(path: path, target: target) }
            let parts = try Self.split(path)
            if parts.isEmpty { throw .rootIsNoDirectory(path: path) }
            // One name where something writes is enough to make the file no one's equal.
            if !isShareable { nodes[Int(node)].isShareable = false }
            try settle(Arrival(path: path, parts: parts, node: node, order: try nextOrder()))
        }

        /// True if a symbolic link is on the way to `path` or at its end.
        public func leadsThroughLink(_ path: ByteString) -> Bool {
            var current = NameTable.root
            for part in path.bytes.split(separator: 0x2F) {
                guard let next = names.find(part, in: current) else { return false }
                if case .symbolicLink = kind(next) { return true }
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

        private mutating func nextOrder() throws(FileTreeError) -> UInt32 {
            guard clock < .max else { throw .tooManyNames }
            clock += 1
            return clock
        }

        func lastNodeID() throws(FileTreeError) -> Int32 {
            guard let id = Int32(exactly: nodes.count - 1) else { throw .tooManyNames }
            return id
        }

        func kind(_ id: NameTable.ID) -> FileKind { nodes[Int(names.names[Int(id)].node)].kind }
    }
}
