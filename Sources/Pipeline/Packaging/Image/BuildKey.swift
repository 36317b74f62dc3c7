internal import Bytes
internal import Deflate
internal import Digests
internal import FileTree
internal import Host

/// A digest over everything that an image is a function of: equal keys, equal images.
struct BuildKey {
    /// Counts the changes of what is made of the same inputs here; raise it with every one. Those of the
    /// encoder count by themselves.
    private static let generation = 1

    private var hasher = SHA256Hasher()

    /// The key of one architecture's image.
    static func digest(
        directory: PackageDirectory, contents: PackageContents, architecture: String,
        packages: [LockedPackage],
        epoch: Timestamp, encoder: Int = DeflateEncoder.version
    ) throws -> SHA256Digest {
        var key = BuildKey()
        key.add(["identikit package \(generation), deflate \(encoder)", architecture, "\(epoch.seconds)"])
        key.add([ByteString(directory.text)])
        for package in packages { key.add([package.name, package.version, package.digest.hex]) }
        for file in contents.files {
            if case .source(let source) = file.origin {
                try key.add(file: ByteString("\(directory.path)/\(source)"), ByteString(source))
            }
        }
        return key.hasher.finalize()
    }

    /// Each text with its length, so that no two lists are alike.
    private mutating func add(_ texts: [ByteString]) {
        for text in texts { hasher.update(Array("\(text.count):".utf8) + text.bytes + Array(";".utf8)) }
    }

    private mutating func add(_ texts: [String]) { add(texts.map { ByteString($0) }) }

    private mutating func add(file path: ByteString, _ name: ByteString) throws {
        guard let status = try FileStatus.of(path) else { return add(["missing", name]) }
        switch status.kind {
        case .regular:
            let digest = try SHA256Digest(hashingFile: path)
            add(["file", name, status.isExecutable ? "x" : "-", ByteString(digest.hex)])
        case .symbolicLink: add(["link", name, try Directory.linkTarget(path)])
        case .directory:
            // In the key of every image that was built so far.
            add(["folder", name])
            for entry in try Directory.names(path) {
                try add(file: path + "/" + entry, name + "/" + entry)
            }
        case .other: add(["other", name])
        }
    }
}
