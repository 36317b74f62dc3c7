public import Assembly
internal import Bytes
public import Digests
internal import FileTree
internal import Host
public import OCI
internal import Tar

/// The programs that start a kernel: inputs like any other, from an image or a folder, found by their names
/// wherever they lie in it.
public struct BootFiles: Sendable {
    /// Where they are to be found.
    public enum Source: Sendable {
        case image(Image)
        /// A folder of the host.
        case folder(String)
        /// Why there is none, and what to do about it.
        case missing(String)
    }

    let source: Source
    let images: any ImageSource

    /// No such program is larger. Bytes.
    private static let limit: UInt64 = 64 << 20

    public init(_ source: Source, images: any ImageSource) {
        self.source = source
        self.images = images
    }

    /// The file called `name`, the first by path if there are several equal ones.
    /// - Throws: `OutputError` if there is none, or if several differ.
    func file(_ name: String) throws -> [UInt8] {
        let found: [(path: String, bytes: [UInt8])] =
            switch source {
            case .image(let image): try filesOfImage(image, name)
            case .folder(let path): try Self.filesOfFolder(path, name)
            case .missing(let reason): throw OutputError.noBootFiles(name: name, reason: reason)
            }
        guard let first = found.first else { throw OutputError.noBootFile(name: name, origin: origin) }
        if let other = found.first(where: { $0.bytes != first.bytes }) {
            throw OutputError.ambiguousBootFile(name: name, origin: origin, paths: [first.path, other.path])
        }
        return first.bytes
    }

    /// The files of `firmware` in the folder at `path`, by name, each with the digest of its bytes; of several with
    /// one name, each. What the outputs hold of the folder depends on nothing else.
    public static func digests(ofFolder path: String, for firmware: Firmware) throws -> [(
        name: String, digest: SHA256Digest
    )] {
        try firmware.fileNames.sorted().flatMap { name in
            try filesOfFolder(path, name).map { (name: name, digest: SHA256Digest(hashing: $0.bytes)) }
        }
    }

    var origin: String {
        switch source {
        case .image(let image): "the image \(image.reference)"
        case .folder(let path): "the folder \(path)"
        case .missing(let reason): reason
        }
    }

    private func filesOfImage(_ image: Image, _ name: String) throws -> [(path: String, bytes: [UInt8])] {
        let entries = try images.flattened(image, made: BuildStamp().time)
        var contents: [ByteString: FileContents] = [:]
        for entry in entries where entry.header.typeFlag == .regular {
            contents[entry.header.name] = entry.contents
        }
        let links = HardLinks(entries)
        let wanted = ByteString(name)
        return try entries.filter { $0.header.name.lastComponent == wanted }
            .compactMap { entry -> (path: String, bytes: [UInt8])? in
                guard let file = links.file(of: entry.header.name), let found = contents[file] else {
                    return nil
                }
                let path = entry.header.name.text
                return (path, try Self.bytes(ContentReader(found, from: images), of: path))
            }
            .sorted { ByteString($0.path) < ByteString($1.path) }
    }

    /// Looks through the folder and those in it, links not followed but for the file itself.
    private static func filesOfFolder(_ folder: String, _ name: String) throws -> [(
        path: String, bytes: [UInt8]
    )] {
        var found: [(path: String, bytes: [UInt8])] = []
        for entry in try Folder.names(folder) {
            let path = "\(folder)/\(entry.text)"
            switch try FileStatus.of(path)?.kind {
            case .folder: found += try filesOfFolder(path, name)
            case .regular, .symbolicLink:
                guard entry.text == name, try FileStatus.following(path)?.kind == .regular else { continue }
                found.append((path, try bytes(try ReadableFile(path: path), of: path)))
            case .other, nil: continue
            }
        }
        return found
    }

    private static func bytes(_ access: some RandomAccessBytes, of path: String) throws -> [UInt8] {
        if access.count > limit { throw StreamError.limitExceeded(what: path, limit: limit) }
        return try access.bytes(at: 0, length: Int(access.count), of: path)
    }
}

extension ByteString {
    /// What follows the last slash.
    fileprivate var lastComponent: ByteString { ByteString(bytes.split(separator: 0x2F).last ?? []) }
}
