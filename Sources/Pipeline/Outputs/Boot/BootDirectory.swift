internal import Bytes
internal import Host

/// A directory of this machine that is searched for boot files by name.
struct BootDirectory {
    private let path: String

    init(_ path: String) { self.path = path }

    /// The paths below the directory that end in `name`, of files and links. Linked directories are searched only if
    /// nothing else is found, and one link deep, as a link may lead to a large part of a disk.
    func paths(of name: String) throws -> [String] {
        var linked: [String] = []
        let found = try Self.paths(of: name, below: path, linked: &linked)
        if !found.isEmpty { return found }
        let own = try Directory.realPath(path) + "/"
        var seen: Set<String> = []
        return try linked.sorted { ByteString($0) < ByteString($1) }.flatMap { directory -> [String] in
            let target = try Directory.realPath(directory)
            let isAbove = target == "/" || own.hasPrefix(target + "/")
            guard !isAbove, seen.insert(target).inserted else { return [] }
            var ignored: [String] = []
            return try Self.paths(of: name, below: directory, linked: &ignored)
        }
    }

    private static func paths(
        of name: String, below directory: String, linked: inout [String]
    ) throws -> [String] {
        var found: [String] = []
        for entry in try Directory.names(directory) {
            let path = "\(directory)/\(entry.text)"
            switch try FileStatus.of(path)?.kind {
            case .directory: found += try paths(of: name, below: path, linked: &linked)
            case .regular: if entry.text == name { found.append(path) }
            case .symbolicLink:
                // A loop of links is not a directory.
                let kind = (try? FileStatus.following(path))?.kind
                if kind == .directory {
                    linked.append(path)
                } else if entry.text == name {
                    found.append(path)
                }
            case .other, nil: continue
            }
        }
        return found
    }
}
