public import FileTree
public import Tar
internal import Bytes
internal import Digests

extension LayerStore {
    /// The files that the layers of `image` make together, in LinuxKit's order: those of the top layer come first,
    /// in the order of its tar, then what is left of the one below it, and so on. Names are cleaned; everything else
    /// is as the layer has it. The layers are imported if need be.
    ///
    /// A name that leads through a symbolic link of the image is the name it leads to. A hard link whose
    /// target is not in the image any more, or has become another file, is what it was linked to:
    /// the first link in this order becomes the file, the others link to it.
    ///
    /// A directory that no layer describes, and that upper layers left empty, comes at the end: mode 0755,
    /// owner 0:0, the time `made`.
    public func entries(
        of image: Image, made: Timestamp = BuildStamp().time
    ) throws(ImageError) -> [TarEntry] {
        try attributing(image.reference) { () throws(ImageError) in
            var flattener = try LayerFlattener(image.layers, store: self)
            return flattener.entries() + flattener.emptiedDirectories(made: made)
        }
    }
}

/// Lists what is left of the layers of an image when each has been applied on those below it.
struct LayerFlattener {
    private let indexes: [LayerIndex]
    private let tree: LayerTree
    /// Where the entry with the contents of a hard-linked file is itself in the image.
    private var holders: [LayerTree.EntryID: Int32] = [:]
    /// Hard links whose written target leads to the holder, those that were rewritten included, and those that do not.
    private var leading: Set<Int32> = []
    private var leadingNowhere: Set<Int32> = []

    init(_ layers: [ImageLayer], store: LayerStore) throws(ImageError) {
        var indexes: [LayerIndex] = []
        var tree = LayerTree()
        for (number, layer) in layers.enumerated() {
            let index = try store.index(of: layer)
            do throws(LayerTree.LayerRefusal) {
                try tree.apply(index.entries, layer: Int32(number))
            } catch {
                throw ImageError(
                    .layer(
                        LayerProblem(
                            layer: layer.descriptor.digest, entry: error.entry.header.name,
                            offset: error.entry.headerOffset, reason: error.reason)))
            }
            indexes.append(index)
        }
        self.indexes = indexes
        self.tree = tree
    }

    mutating func entries() -> [TarEntry] {
        let nodes = ordered()
        for node in nodes where tree[node].typeFlag != .hardLink {
            if let inode = tree[node].inode { holders[inode] = node }
        }
        return nodes.compactMap { entry($0) }
    }

    /// The directories that exist only because of what was in them, and that have nothing in them any more.
    func emptiedDirectories(made: Timestamp) -> [TarEntry] {
        let emptied = tree.nodes.indices.filter { number in
            let node = tree.nodes[number]
            return node.isAlive && node.source == nil && node.children.isEmpty
                && number != Int(LayerTree.root)
        }
        return emptied.map { tree.path(Int32($0)) }.sorted().map { path in
            var header = TarHeader(name: path, typeFlag: .directory)
            header.mode = 0o755
            header.modified = made
            return TarEntry(header: header)
        }
    }

    /// The nodes that entries describe: top layer first, in each as its tar has them.
    private func ordered() -> [Int32] {
        var keyed: [(key: Int64, node: Int32)] = []
        for (number, node) in tree.nodes.enumerated() where node.isAlive {
            guard let source = node.source else { continue }
            keyed.append((-Int64(source.layer) << 32 | Int64(node.position), Int32(number)))
        }
        return keyed.sorted { $0.key < $1.key }.map(\.node)
    }

    private mutating func entry(_ number: Int32) -> TarEntry? {
        let node = tree[number]
        guard let source = node.source else { return nil }
        if node.typeFlag == .hardLink, let inode = node.inode { return link(number, source, inode) }
        return entry(source, name: tree.path(number))
    }

    private mutating func link(
        _ number: Int32, _ source: LayerTree.EntryID, _ inode: LayerTree.EntryID
    ) -> TarEntry {
        guard let holder = holders[inode] else {
            holders[inode] = number
            return entry(inode, name: tree.path(number))
        }
        var entry = entry(source, name: tree.path(number))
        // LinuxKit leaves the target as it is written, so do we while it leads to the file.
        if !leads(number, to: holder) { entry.header.linkName = tree.path(holder) }
        leadingNowhere.remove(number)
        leading.insert(number)
        return entry
    }

    /// True if the written targets of hard links lead from `link` to `holder`. Links of several layers can lead to each
    /// other instead: each target was the file when its layer was made.
    private mutating func leads(_ link: Int32, to holder: Int32) -> Bool {
        var path: [Int32] = []
        var seen: Set<Int32> = []
        var next: Int32? = link
        while let node = next, tree[node].inode == tree[holder].inode, seen.insert(node).inserted {
            if node == holder || leading.contains(node) {
                leading.formUnion(path)
                return true
            }
            // What was found of `link` itself may have changed since: others were rewritten.
            if node != link, leadingNowhere.contains(node) { break }
            path.append(node)
            guard let source = tree[node].source else { break }
            let written = indexes[Int(source.layer)].entries[Int(source.entry)].header.linkName
            next = EntryPath.parts(written.bytes).flatMap(tree.node)
        }
        leadingNowhere.formUnion(path)
        return false
    }

    private func entry(_ source: LayerTree.EntryID, name: ByteString) -> TarEntry {
        let index = indexes[Int(source.layer)]
        let line = index.entries[Int(source.entry)]
        var entry = TarEntry(header: line.header, contents: line.contents(in: index.diffID))
        entry.header.name = name
        return entry
    }
}
