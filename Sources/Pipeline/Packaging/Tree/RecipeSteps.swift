internal import Bytes
internal import FileTree
internal import Host

/// Does to a tree what a recipe says besides Debian packages, step by step (Docs/packages.md, "contents").
struct RecipeSteps {
    private(set) var tree: PackageTree
    let contents: PackageContents
    let directory: PackageDirectory
    let blobs: PackageBlobs
    /// Where files that are made are kept.
    let scratch: String

    init(
        tree: PackageTree, contents: PackageContents, directory: PackageDirectory, blobs: PackageBlobs,
        scratch: String
    ) {
        self.tree = tree
        self.contents = contents
        self.directory = directory
        self.blobs = blobs
        self.scratch = scratch
    }

    /// The tree after all steps, with a directory above everything.
    static func run(
        on tree: PackageTree, contents: PackageContents, directory: PackageDirectory, blobs: PackageBlobs,
        scratch: String
    ) throws -> PackageTree {
        var steps = RecipeSteps(
            tree: tree, contents: contents, directory: directory, blobs: blobs, scratch: scratch)
        try steps.addDirectories()
        try steps.addFiles()
        try steps.addSymlinks()
        try steps.addAlternatives()
        try steps.addAccounts()
        try steps.bundleCertificates()
        try steps.settle()
        try steps.move()
        if contents.generatesModuleIndex { try ModuleIndex.add(to: &steps.tree, blobs: blobs) }
        try steps.archive()
        if contents.mergesUsr { MergedUsr.removeDanglingLinks(from: &steps.tree) }
        try steps.settle()
        return steps.tree
    }

    /// Adds missing directories; what stands below a file is an error.
    private mutating func settle() throws {
        if let path = tree.addParents() {
            throw PackagingError.recipe(
                directory.recipe.position, message: "`\(path)` is below something that is not a directory")
        }
    }

    private func resolved(_ path: ByteString, following: Bool = false) throws -> ByteString {
        guard let resolved = tree.resolve(path, followingLast: following), !resolved.isEmpty else {
            throw PackagingError.recipe(
                directory.recipe.position, message: "`\(path)` leads in a circle of links")
        }
        return resolved
    }

    /// Replaces what is at `path`; a directory with something in it may only be replaced by a directory.
    mutating func put(_ item: PackageTree.Item, at path: ByteString) throws {
        let path = try resolved(path, following: item.isDirectory)
        if !item.isDirectory, tree[path]?.isDirectory == true, tree.hasChildren(path) {
            throw PackagingError.recipe(
                directory.recipe.position,
                message: "`\(path)` is a directory with something in it, not to be replaced")
        }
        tree.put(item, at: path)
    }

    private func metadata(_ mode: UInt16, _ owner: PackageContents.Owner) -> FileMetadata {
        tree.metadata(mode, uid: owner.uid, gid: owner.gid)
    }

    private mutating func addDirectories() throws {
        for directory in contents.directories {
            let metadata = metadata(directory.mode, directory.owner)
            try put(PackageTree.Item(kind: .directory, metadata: metadata), at: directory.path)
        }
    }

    private mutating func addSymlinks() throws {
        for link in contents.symlinks {
            let metadata = metadata(0o777, link.owner)
            try put(PackageTree.Item(kind: .symbolicLink(link.target), metadata: metadata), at: link.path)
        }
    }

    private mutating func addAlternatives() throws {
        for alternative in contents.alternatives {
            let managed = ImagePath.join("etc/alternatives", alternative.name)
            let metadata = tree.metadata(0o777)
            try put(
                PackageTree.Item(kind: .symbolicLink("/" + managed), metadata: metadata), at: alternative.link
            )
            try put(
                PackageTree.Item(kind: .symbolicLink(alternative.target), metadata: metadata), at: managed)
        }
    }

    private mutating func addAccounts() throws {
        guard let accounts = contents.accounts else { return }
        for (path, item) in try AccountFiles(accounts, tree: tree, blobs: blobs).items {
            try put(item, at: path)
        }
    }
}

// Files of the package directory.
extension RecipeSteps {
    private mutating func addFiles() throws {
        for file in contents.files {
            switch file.origin {
            case .text(let text):
                let item = PackageTree.Item(
                    kind: .regular, metadata: metadata(file.mode ?? 0o644, file.owner),
                    contents: .bytes(ByteString(text)))
                try put(item, at: file.path)
            case .source(let source):
                try copy(ByteString("\(directory.path)/\(source)"), to: file.path, file)
            }
        }
    }

    private mutating func copy(
        _ source: ByteString, to path: ByteString, _ file: PackageContents.File
    ) throws {
        guard let status = try FileStatus.of(source) else {
            throw PackagingError.recipe(file.position, message: "there is no \(source)")
        }
        switch status.kind {
        case .regular:
            guard !path.isEmpty else {
                throw PackagingError.recipe(
                    file.position, message: "only a directory can be copied to the root; give `path` a name")
            }
            let mode = file.mode ?? (status.isExecutable ? 0o755 : 0o644)
            let item = PackageTree.Item(
                kind: .regular, metadata: metadata(mode, file.owner),
                contents: try blobs.contents(ofFile: source))
            try put(item, at: path)
        case .symbolicLink:
            let target = try Directory.linkTarget(source)
            try put(
                PackageTree.Item(kind: .symbolicLink(target), metadata: metadata(0o777, file.owner)), at: path
            )
        case .directory:
            if !path.isEmpty, try tree[resolved(path, following: true)]?.isDirectory != true {
                try put(PackageTree.Item(kind: .directory, metadata: metadata(0o755, file.owner)), at: path)
            }
            for name in try Directory.names(source) {
                try copy(source + "/" + name, to: ImagePath.join(path, name), file)
            }
        case .other:
            throw PackagingError.recipe(
                file.position, message: "\(source) is neither a file nor a directory nor a link")
        }
    }
}

// Certificates, moves and archives.
extension RecipeSteps {
    /// What `update-ca-certificates` makes: the certificates in the order of their paths.
    private mutating func bundleCertificates() throws {
        guard contents.bundlesCertificates else { return }
        var bundle: [UInt8] = []
        for path in tree.paths(below: "usr/share/ca-certificates") where path.hasSuffix(".crt") {
            guard let item = tree[path], item.kind == .regular else { continue }
            var source = try blobs.source(item.contents)
            bundle += try source.readAll(limit: 1 << 20, of: path.text)
            if bundle.last != UInt8(ascii: "\n") { bundle.append(UInt8(ascii: "\n")) }
        }
        guard !bundle.isEmpty else {
            throw PackagingError.recipe(
                directory.recipe.position,
                message: "`ca-certificates` needs the Debian package ca-certificates among `packages`")
        }
        try put(
            PackageTree.Item(
                kind: .regular, metadata: tree.metadata(0o644), contents: .bytes(ByteString(bundle))),
            at: "etc/ssl/certs/ca-certificates.crt")
    }

    /// The paths that `glob` matches, sorted, and those below them too if `below`.
    private func matches(_ glob: Glob, below: Bool = false) -> [ByteString] {
        let glob = contents.mergesUsr ? MergedUsr.glob(glob) : glob
        return tree.sortedPaths.filter { below ? glob.matches($0) : glob.matchesExactly($0) }
    }

    private mutating func move() throws {
        for move in contents.moves {
            let found = matches(move.from)
            guard let from = found.first, found.count == 1 else {
                let list = found.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
                throw PackagingError.recipe(
                    move.position,
                    message: found.isEmpty
                        ? "nothing matches `\(move.from.text)`"
                        : "`\(move.from.text)` matches \(found.count) paths (\(list)…); one can be moved")
            }
            let target = try resolved(move.to)
            let moved = [from] + tree.paths(below: from)
            let items = moved.map { (path: $0, item: tree.take($0)) }
            if tree[target] != nil {
                throw PackagingError.recipe(move.position, message: "`\(target)` is there already")
            }
            for (path, item) in items {
                let rest = ByteString(path.bytes.dropFirst(from.count))
                if let item { tree.put(item, at: target + rest) }
            }
        }
        try settle()
    }

    private mutating func archive() throws {
        for archive in contents.archives {
            var members = PackageTree(epoch: tree.epoch)
            for glob in archive.from {
                let found = matches(glob, below: true)
                if found.isEmpty {
                    throw PackagingError.recipe(archive.position, message: "nothing matches `\(glob.text)`")
                }
                for path in found {
                    for parent in ImagePath.parents(of: path) {
                        if let item = tree[parent] { members.put(item, at: parent) }
                    }
                }
                for path in found { if let item = tree.take(path) { members.put(item, at: path) } }
            }
            removeEmptied(above: archive.from)
            let contents = try ArchiveFile.write(members, blobs: blobs, scratch: scratch)
            try put(
                PackageTree.Item(kind: .regular, metadata: tree.metadata(0o644), contents: contents),
                at: archive.path)
        }
    }

    /// Directories that only led to what was archived go as well.
    private mutating func removeEmptied(above globs: [Glob]) {
        for glob in globs {
            let text = (contents.mergesUsr ? MergedUsr.glob(glob) : glob).text
            let path = ImagePath.normalize(text.utf8) ?? ByteString()
            for parent in ImagePath.parents(of: path).reversed() {
                guard tree[parent]?.isDirectory == true, !tree.hasChildren(parent) else { break }
                tree.take(parent)
            }
        }
    }
}
