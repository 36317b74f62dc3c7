internal import Bytes
internal import Decompression
internal import FileTree

/// What depmod makes for a directory of kernel modules: `modules.dep`, `modules.alias` and `modules.softdep`
/// (depmod(8), modules.dep(5)). busybox's modprobe reads these texts.
struct ModuleIndex {
    struct Module: Equatable {
        /// Relative to the directory of the kernel's version.
        var path: ByteString
        /// As the kernel has it: no suffix, dashes as underscores.
        var name: String
        var information: ModuleInformation
    }

    /// By path.
    private let modules: [Module]
    private let indexes: [String: Int]

    init(_ modules: [Module]) {
        self.modules = modules.sorted { $0.path < $1.path }
        indexes = Dictionary(
            self.modules.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Adds the index files to every directory in `lib/modules`.
    static func add(to tree: inout PackageTree, blobs: PackageBlobs) throws {
        for base in ["lib/modules", "usr/lib/modules"] as [ByteString] {
            let paths = tree.paths(below: base)
            let versions = Set(
                paths.map { path in
                    base + "/"
                        + ByteString(path.bytes.dropFirst(base.count + 1).prefix { $0 != UInt8(ascii: "/") })
                })
            for version in versions.sorted() where tree[version]?.isDirectory == true {
                let index = try ModuleIndex(read(below: version, paths, tree, blobs))
                for (name, text) in index.files {
                    let item = PackageTree.Item(
                        kind: .regular, metadata: tree.metadata(0o644), contents: .bytes(ByteString(text)))
                    tree.put(item, at: version + "/" + name)
                }
            }
        }
    }

    private static func read(
        below version: ByteString, _ paths: [ByteString], _ tree: PackageTree, _ blobs: PackageBlobs
    ) throws -> [Module] {
        var modules: [Module] = []
        for path in paths where ImagePath.contains(version, path) {
            guard let item = tree[path], item.kind == .regular, let name = moduleName(path) else { continue }
            let information: ModuleInformation
            do { information = try read(item.contents, path, blobs) } catch let failure
                as ModuleInformation.Failure
            {
                throw PackagingError.invalidPackage(
                    file: path.text, part: "the module", offset: failure.offset, reason: failure.reason)
            }
            modules.append(
                Module(
                    path: ByteString(path.bytes.dropFirst(version.count + 1)), name: name,
                    information: information))
        }
        return modules
    }

    /// Nil for a file that is not a module.
    private static func moduleName(_ path: ByteString) -> String? {
        for suffix in [".ko", ".ko.xz", ".ko.zst", ".ko.gz"] where path.hasSuffix(ByteString(suffix)) {
            let name = ImagePath.name(path).bytes.dropLast(suffix.utf8.count)
            return String(
                decoding: name.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
        }
        return nil
    }

    private static func read(
        _ contents: FileContents, _ path: ByteString, _ blobs: PackageBlobs
    ) throws -> ModuleInformation {
        if case .blob(let digest, let offset, let length, _) = contents, path.hasSuffix(".ko") {
            return try ModuleInformation(of: RangeAccess(blobs.open(digest), offset: offset, length: length))
        }
        var source = try blobs.source(contents).decompressed()
        let bytes = try source.readAll(limit: 256 << 20, of: path.text)
        return try ModuleInformation(of: ByteArrayAccess(bytes))
    }

    /// The index files, by name.
    var files: [(name: ByteString, text: String)] {
        let dependencies = modules.indices.map { index in
            let paths = closure(of: index).map { " \(modules[$0].path)" }
            return "\(modules[index].path):\(paths.joined())\n"
        }
        let aliases = modules.flatMap { module in
            module.information.aliases.map { "alias \($0) \(module.name)\n" }
        }
        let soft = modules.flatMap { module in
            module.information.softDependencies.map { "softdep \(module.name) \($0)\n" }
        }
        return [
            ("modules.dep", dependencies.joined()),
            ("modules.alias", "# Aliases extracted from modules themselves.\n" + aliases.joined()),
            ("modules.softdep", "# Soft dependencies extracted from modules themselves.\n" + soft.joined()),
        ]
    }

    /// Everything that a module needs, what needs others before what it needs: modprobe loads from the end.
    private func closure(of module: Int) -> [Int] {
        var visited: Set<Int> = [module]
        var finished: [Int] = []
        // Depth first without recursion: a hostile chain is as long as the list of modules.
        var stack = [(module: module, next: 0)]
        while let top = stack.last {
            let dependencies = modules[top.module].information.dependencies
            if top.next == dependencies.count {
                stack.removeLast()
                if top.module != module { finished.append(top.module) }
                continue
            }
            stack[stack.count - 1].next += 1
            let name = dependencies[top.next].replacing("-", with: "_")
            if let index = indexes[name], visited.insert(index).inserted { stack.append((index, 0)) }
        }
        return finished.reversed()
    }
}

extension ByteSource {
    /// The decompressed bytes, or these if they are not compressed.
    fileprivate func decompressed() throws(StreamError) -> any ByteSource {
        try Decompressor.source(detectingIn: self).source
    }
}
