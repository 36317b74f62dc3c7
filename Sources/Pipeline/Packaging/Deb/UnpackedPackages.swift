internal import Bytes
internal import Digests
internal import Host

/// The data archives of .debs, decompressed once and kept by digest.
struct UnpackedPackages {
    /// Holds `SHA256-OF-TAR.tar`, and `SHA256-OF-DEB.data` which says which tar that is.
    let directory: String

    /// The decompressed data archive of the .deb whose SHA-256 is `digest`.
    /// One that was kept is verified, and made again if it is damaged.
    func tar(of package: DebianPackage, digest: SHA256Digest) throws -> (path: String, digest: SHA256Digest) {
        try Directory.create(directory)
        if let known = try known(digest) { return known }
        var file = try AtomicFile(path: "\(directory)/data.tar")
        var sink = DigestingSink(file)
        try package.decompressData(to: &sink)
        let tar = sink.digest
        file = sink.finish()
        let path = "\(directory)/\(tar.hex).tar"
        try file.commit(as: path)
        var note = try AtomicFile(path: self.note(digest))
        try note.write(Array(tar.hex.utf8))
        try note.commit()
        return (path, tar)
    }

    private func note(_ digest: SHA256Digest) -> String { "\(directory)/\(digest.hex).data" }

    private func known(_ digest: SHA256Digest) throws -> (path: String, digest: SHA256Digest)? {
        guard try FileStatus.of(note(digest)) != nil else { return nil }
        var source = RangeSource(try ReadableFile(path: note(digest)))
        let text = try source.readAll(limit: 64, of: note(digest))
        guard let tar = SHA256Digest(hex: String(decoding: text, as: UTF8.self)) else { return nil }
        let path = "\(directory)/\(tar.hex).tar"
        guard try FileStatus.of(path) != nil, try SHA256Digest(hashingFile: path) == tar else { return nil }
        return (path, tar)
    }
}

extension SHA256Digest {
    /// The digest of the file at `path`.
    init(hashingFile path: String) throws(StreamError) { try self.init(hashingFile: ByteString(path)) }

    /// The digest of the file at `path`, whose name need not be UTF-8.
    init(hashingFile path: ByteString) throws(StreamError) {
        var hasher = SHA256Hasher()
        var source = RangeSource(try ReadableFile(path: path))
        try source.copy(to: &hasher)
        self = hasher.finalize()
    }
}
