public import Digests
internal import Bytes
internal import Host
internal import JSON

/// A directory of images (OCI image layout specification 1.x), used as a cache; LinuxKit's own cache is one.
///
/// Nothing is believed before it is verified: every document is checked against its digest and size each
/// time it is read. Reading does not write to the directory. Writing is safe under concurrent processes, and
/// no blob is collected as garbage by another one for as long as the value lives.
public struct ImageLayout: Sendable {
    public let path: String
    /// A shared lock on the layout; nil if it does not exist or the file system has no locks.
    let use: DirectoryLock?

    /// The layout that is at `path`.
    public init(opening path: String) throws(ImageError) {
        self.path = path
        use = try? DirectoryLock(sharing: path)
        try checkMarker()
        _ = try readIndex()
    }

    /// The layout at `path` for reading: where nothing is, there are no images, and nothing is made.
    public init(reading path: String) throws(ImageError) {
        self.path = path
        use = try? DirectoryLock(sharing: path)
        if !(try Self.isVacant(path)) { try checkMarker() }
        _ = try readIndex()
    }

    private func checkMarker() throws(ImageError) {
        let marker: [UInt8]
        do throws(StreamError) {
            marker = try Self.contents("\(path)/oci-layout", limit: 1 << 16)
        } catch {
            try Self.checkDirectory(path)
            throw ImageError(.notALayout(path: path, reason: "it has no readable file oci-layout"))
        }
        let fields = try DocumentFields(parsing: marker, document: "\(path)/oci-layout")
        let version = try fields.required("imageLayoutVersion", try fields.string("imageLayoutVersion"))
        guard version.hasPrefix("1.") else {
            throw ImageError(.notALayout(path: path, reason: "unsupported version \(version)"))
        }
    }

    /// True if nothing is at `path`, or a directory with nothing in it but data derived from other layouts and what
    /// `init(creating:)` writes before the marker, which is its last file: another process may be at it, or have been
    /// killed there.
    private static func isVacant(_ path: String) throws(ImageError) -> Bool {
        try reading { () throws(StreamError) in
            guard let status = try FileStatus.following(path) else { return true }
            guard status.kind == .directory else { return false }
            for name in try Directory.names(path) {
                switch name {
                case "derived", ".lock": break
                case "blobs": guard try isEmpty("\(path)/blobs") else { return false }
                case "index.json":
                    guard try contents("\(path)/index.json", limit: documentLimit) == emptyIndex else {
                        return false
                    }
                default: guard TemporaryName.matches(name) else { return false }
                }
            }
            return true
        }
    }

    /// True if the directory at `path` and those below it contain no files, except those being written.
    private static func isEmpty(_ path: String) throws(StreamError) -> Bool {
        for name in try Directory.names(path) where !TemporaryName.matches(name) {
            guard name == "sha256", try isEmpty("\(path)/sha256") else { return false }
        }
        return true
    }

    /// The layout at `path`, created empty if it does not exist.
    public init(creating path: String) throws(ImageError) {
        try Self.checkDirectory(path)
        try reading { () throws(StreamError) in
            try Directory.create("\(path)/blobs/sha256")
            let lock = try FileLock(path: "\(path)/.lock")
            try Self.writeIfMissing("\(path)/index.json", Self.emptyIndex)
            // Last: who finds it, without the lock, finds a whole layout.
            try Self.writeIfMissing("\(path)/oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            _ = consume lock
        }
        try self.init(opening: path)
    }

    /// Every named image with what it names, in the order of `index.json`; names are expanded as in a kit.
    public func images() throws(ImageError) -> [(name: String, descriptor: Descriptor)] {
        try readIndex().manifests.compactMap { descriptor in
            descriptor.entryName.map { (name: $0.shown, descriptor: descriptor) }
        }
    }

    /// The path of the blob `digest`, whether it exists or not.
    public func blobPath(_ digest: SHA256Digest) -> String { "\(path)/blobs/sha256/\(digest.hex)" }

    func readIndex() throws(ImageError) -> ImageIndex {
        try ImageIndex(parsing: try indexBytes(), document: "\(path)/index.json")
    }

    func indexBytes() throws(ImageError) -> [UInt8] {
        do throws(StreamError) {
            return try Self.contents("\(path)/index.json", limit: Self.documentLimit)
        } catch {
            if error.isMissingFile, try Self.isVacant(path) { return Self.emptyIndex }
            if case .system = error {
                throw ImageError(.notALayout(path: path, reason: "it has no readable file index.json"))
            }
            throw ImageError(.stream(error))
        }
    }

    private static func checkDirectory(_ path: String) throws(ImageError) {
        let status = try reading { () throws(StreamError) in try FileStatus.following(path) }
        guard let status, status.kind != .directory else { return }
        throw ImageError(.notALayout(path: path, reason: "it is a file, not a directory"))
    }

    static let emptyIndex = Array(
        """
        {
           "schemaVersion": 2,
           "mediaType": "\(MediaType.imageIndex)",
           "manifests": []
        }
        """.utf8)

    /// The size limit of indexes, manifests and configurations, in bytes.
    static let documentLimit = 16 << 20

    private static func contents(_ path: String, limit: Int) throws(StreamError) -> [UInt8] {
        var source = RangeSource(try ReadableFile(path: path))
        return try source.readAll(limit: limit, of: path)
    }

    private static func writeIfMissing(_ path: String, _ bytes: [UInt8]) throws(StreamError) {
        if try FileStatus.of(path) != nil { return }
        var file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }
}
