internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Synchronization

/// The files that contents of an image under construction refer to, by digest.
final class PackageBlobs: BlobStore {
    private struct State {
        var paths: [SHA256Digest: ByteString] = [:]
        var open: [SHA256Digest: ReadableFile] = [:]
    }

    private let state = Mutex(State())
    /// Open files kept; more are closed and opened again when they are needed.
    private static let openLimit = 128

    /// From now on `digest` names the file at `path`.
    func add(_ digest: SHA256Digest, path: String) { add(digest, path: ByteString(path)) }

    private func add(_ digest: SHA256Digest, path: ByteString) {
        state.withLock { $0.paths[digest] = path }
    }

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        let (path, known) = state.withLock { ($0.paths[digest], $0.open[digest]) }
        if let known { return known }
        guard let path else {
            throw .corrupt(what: "a package's files", offset: 0, reason: "nothing is known as \(digest)")
        }
        let file = try ReadableFile(path: path)
        state.withLock { state in
            if state.open.count >= Self.openLimit { state.open = [:] }
            state.open[digest] = file
        }
        return file
    }

    /// A reference to the whole file at `path`, hashed now.
    func contents(ofFile path: ByteString) throws(StreamError) -> FileContents {
        let file = try ReadableFile(path: path)
        var hasher = SHA256Hasher()
        var source = RangeSource(file)
        try source.copy(to: &hasher)
        let digest = hasher.finalize()
        add(digest, path: path)
        return .blob(digest: digest, offset: 0, length: file.count, contentDigest: digest)
    }
}
