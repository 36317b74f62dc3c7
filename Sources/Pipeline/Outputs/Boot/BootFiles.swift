public import Assembly
internal import Bytes
public import Digests
internal import FileTree
internal import Host
public import OCI
internal import Tar

/// The programs that start a kernel. They are inputs like any other, from an image or a directory, and are found
/// by name anywhere in it.
public struct BootFiles: Sendable {
    /// The source of the boot files.
    public enum Source: Sendable {
        case image(Image)
        /// A directory of the host.
        case directory(String)
        /// The default image is not cached and could not be pulled.
        case missing(MissingBootImage)
    }

    let source: Source
    let images: any ImageSource

    /// The maximum size of such a program in bytes.
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
            case .directory(let path): try Self.filesOfDirectory(path, name)
            case .missing(let image): throw OutputError.missingBootImage(name: name, image)
            }
        guard let first = found.first else {
            if let problem = try brokenLink(name) {
                throw OutputError.brokenBootLink(name: name, origin: origin, problem: problem)
            }
            throw OutputError.noBootFile(name: name, origin: origin)
        }
        if let other = found.first(where: { $0.bytes != first.bytes }) {
            throw OutputError.ambiguousBootFile(name: name, origin: origin, paths: [first.path, other.path])
        }
        return first.bytes
    }

    /// The files of `firmware` in the directory at `path`, by name, with the digests of their bytes; all of
    /// several files with the same name. The outputs depend on nothing else in the directory.
    public static func digests(ofDirectory path: String, for firmware: Firmware) throws -> [(
        name: String, digest: SHA256Digest
    )] {
        try firmware.fileNames.sorted().flatMap { name in
            try filesOfDirectory(path, name).map { (name: name, digest: SHA256Digest(hashing: $0.bytes)) }
        }
    }

    var origin: String {
        switch source {
        case .image(let image): "the image \(image.reference)"
        case .directory(let path): "the directory \(path)"
        case .missing(let image): "the image \(image.reference)"
        }
    }

    private func filesOfImage(_ image: Image, _ name: String) throws -> [(path: String, bytes: [UInt8])] {
        let entries = try images.flattened(image, made: BuildStamp().time)
        let links = ImageLinks(entries)
        return try Self.names(name, in: entries).compactMap { path -> (path: String, bytes: [UInt8])? in
            // A broken link matters only if there is no other file.
            guard let (file, _) = try? links.file(at: path) else { return nil }
            return (path.text, try Self.bytes(ContentReader(file.contents, from: images), of: path.text))
        }
    }

    /// The paths of `entries` that end in `name`, sorted.
    private static func names(_ name: String, in entries: [TarEntry]) -> [ByteString] {
        let wanted = ByteString(name)
        return entries.map(\.header).filter { $0.typeFlag != .directory && $0.name.lastComponent == wanted }
            .map(\.name).sorted()
    }

    /// Returns why a link named `name` is broken; nil if there is none.
    private func brokenLink(_ name: String) throws -> String? {
        switch source {
        case .image(let image):
            let entries = try images.flattened(image, made: BuildStamp().time)
            let links = ImageLinks(entries)
            for path in Self.names(name, in: entries) {
                do throws(ImageLinks.Problem) { _ = try links.file(at: path) } catch { return "\(error)" }
            }
            return nil
        case .directory(let path):
            return try BootDirectory(path).paths(of: name).first {
                try FileStatus.of($0)?.kind == .symbolicLink
            }
            .map { "the symbolic link \($0) points to \(try Directory.linkTarget($0)), which is not a file" }
        case .missing: return nil
        }
    }

    private static func filesOfDirectory(_ directory: String, _ name: String) throws -> [(
        path: String, bytes: [UInt8]
    )] {
        try BootDirectory(directory).paths(of: name).compactMap { path in
            guard (try? FileStatus.following(path))?.kind == .regular else { return nil }
            return (path, try bytes(try ReadableFile(path: path), of: path))
        }
    }

    private static func bytes(_ access: some RandomAccessBytes, of path: String) throws -> [UInt8] {
        if access.count > limit { throw StreamError.limitExceeded(what: path, limit: limit) }
        return try access.bytes(at: 0, length: Int(access.count), of: path)
    }
}

extension ByteString {
    /// The part after the last slash.
    fileprivate var lastComponent: ByteString { ByteString(bytes.split(separator: 0x2F).last ?? []) }
}
