internal import Bytes
internal import FileTree
internal import KitConfig
internal import Tar

/// Places the kit's `files` in the root, each with its parent directories.
struct FilePlacement {
    let kit: Kit
    /// The kit that `metadata` writes, with its image names expanded.
    let metadata: Kit
    /// The home directory that `~/` stands for.
    let home: String
    let stamp: BuildStamp
    let sources: SourceFiles
    private var made: Set<ByteString> = []
    /// The regular files so far; no other file can be below them.
    private var leaves: Set<ByteString> = []

    init(kit: Kit, metadata: Kit, home: String, stamp: BuildStamp, sources: SourceFiles) {
        self.kit = kit
        self.metadata = metadata
        self.home = home
        self.stamp = stamp
        self.sources = sources
    }

    /// Appends all files; returns notes.
    mutating func place(into stream: inout EntryStream) throws(AssemblyError) -> [String] {
        var notes: [String] = []
        for (index, file) in kit.files.enumerated() {
            var contents = FileContents.empty
            if !file.directory, file.symlink.isEmpty {
                guard let found = try self.contents(of: file, index: index) else {
                    notes.append(
                        "files[\(index)]: skipped \(file.path): the optional source \(file.source) was not found"
                    )
                    continue
                }
                contents = found
            }
            try append(file, index: index, contents: contents, into: &stream)
        }
        return notes
    }

    private mutating func append(
        _ file: FileConfig, index: Int, contents: FileContents, into stream: inout EntryStream
    ) throws(AssemblyError) {
        let origin = EntryOrigin(source: "linuxkit.files", location: "files[\(index)]")
        // Archives contain relative names.
        let path = ByteString(file.path.hasPrefix("/") ? String(file.path.dropFirst()) : file.path)
        var header = TarHeader(name: path, typeFlag: .regular)
        header.mode = Int64(file.permissions)
        header.uid = Int64(try id(file.uid, of: file, "uid", index))
        header.gid = Int64(try id(file.gid, of: file, "gid", index))
        header.modified = stamp.time
        for directory in Self.leadingDirectories(of: path)
        where made.insert(directory).inserted || leaves.contains(directory) {
            if leaves.contains(directory) {
                throw .fileBelowFile(index: index, path: file.path, above: directory)
            }
            var parent = header
            parent.name = directory
            parent.typeFlag = .directory
            parent.mode = Self.searchable(header.mode)
            stream.append(TarEntry(header: parent), origin: origin)
        }
        made.insert(path)
        if !file.directory, file.symlink.isEmpty { leaves.insert(path) }
        if file.directory {
            header.typeFlag = .directory
        } else if !file.symlink.isEmpty {
            header.typeFlag = .symbolicLink
            header.linkName = ByteString(file.symlink)
        } else {
            header.size = contents.count
        }
        stream.append(TarEntry(header: header, contents: contents), origin: origin)
    }

    /// The text, the source's bytes or the configuration; nil for an optional source that is missing.
    private func contents(of file: FileConfig, index: Int) throws(AssemblyError) -> FileContents? {
        if let text = file.contents { return .bytes(text) }
        switch file.metadata {
        case "yaml": return .bytes(ByteString(metadata.yaml(.v2)))
        case "json": return .bytes(ByteString(metadata.json()))
        default: break
        }
        return try sources.contents(of: file, index: index, home: home)
    }

    private func id(
        _ reference: IDReference?, of file: FileConfig, _ key: String, _ index: Int
    ) throws(AssemblyError) -> UInt32 {
        guard let reference else { return 0 }
        let ids = kit.containerIDs
        guard let id = reference.resolved(ids) else {
            throw .unknownUser(
                place: "files[\(index)].\(key) (\(file.path))", name: "\(reference)",
                known: ids.keys.sorted().map(\.text))
        }
        return id
    }

    /// The parent directories of `path`, outermost first, without empty and `.` components. As in LinuxKit, a
    /// directory whose path ends in a slash is its own parent, so it is written twice.
    static func leadingDirectories(of path: ByteString) -> [ByteString] {
        let slash = UInt8(ascii: "/")
        guard let end = path.bytes.lastIndex(of: slash) else { return [] }
        let parts = path.bytes[..<end].split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        return parts.indices.map { ByteString(parts[...$0].joined(separator: [slash])) }
    }

    /// Permissions of the parent directories: anyone with any access to the file may search them.
    static func searchable(_ mode: Int64) -> Int64 {
        [0o700, 0o070, 0o007].reduce(mode) { mode, who in mode & who == 0 ? mode : mode | who & 0o111 }
    }
}
