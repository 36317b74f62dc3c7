internal import Bytes
internal import Digests
internal import FileTree
internal import Host

/// A digest over everything that an image is a function of: equal keys, equal images.
struct BuildKey {
    /// Counts the changes of what builders make of the same inputs; raise it with every one.
    private static let generation = 1

    private var hasher = SHA256Hasher()

    /// The key of one architecture's image.
    static func digest(
        folder: PackageFolder, contents: PackageContents, architecture: String, packages: [LockedPackage],
        epoch: Timestamp
    ) throws -> SHA256Digest {
        var key = BuildKey()
        key.add(["identikit package \(generation)", architecture, "\(epoch.seconds)"])
        key.add([String(decoding: folder.text, as: UTF8.self)])
        for package in packages { key.add([package.name, package.version, package.digest.hex]) }
        for file in contents.files {
            if case .source(let source) = file.origin {
                try key.add(file: "\(folder.path)/\(source)", source)
            }
        }
        return key.hasher.finalize()
    }

    /// Each text with its length, so that no two lists are alike.
    private mutating func add(_ texts: [String]) {
        for text in texts { hasher.update(Array("\(text.utf8.count):\(text);".utf8)) }
    }

    private mutating func add(file path: String, _ name: String) throws {
        guard let status = try FileStatus.of(path) else { return add(["missing", name]) }
        switch status.kind {
        case .regular:
            add(["file", name, status.isExecutable ? "x" : "-", try SHA256Digest(hashingFile: path).hex])
        case .symbolicLink: add(["link", name, try Folder.linkTarget(path).text])
        case .folder:
            add(["folder", name])
            for entry in try Folder.names(path) {
                try add(file: "\(path)/\(entry.text)", "\(name)/\(entry.text)")
            }
        case .other: add(["other", name])
        }
    }
}
