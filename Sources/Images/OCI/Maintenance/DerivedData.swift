internal import Bytes
internal import Digests
internal import Host

/// Data kept beside a layout's blobs to save time: its `derived` directory.
struct DerivedData {
    let directory: String

    /// Where files are that may be found half written.
    private var written: [String] {
        ["layers", "blobs", "blocks/new", "blocks/old", "packages", "sources"].map { "\(directory)/\($0)" }
    }

    /// Removes files left unfinished by killed processes, and downloads of blobs obtained in another way.
    func sweep(present: (SHA256Digest) -> Bool) throws(StreamError) -> (count: Int, bytes: UInt64) {
        var total = (count: 0, bytes: UInt64(0))
        for directory in written {
            let removed = try DirectoryFiles(path: directory).remove(TemporaryName.matches)
            total = (total.count + removed.count, total.bytes + removed.bytes)
        }
        let removed = try DirectoryFiles(path: "\(directory)/downloads").remove { name in
            SHA256Digest(hex: name.text).map(present) ?? true
        }
        return (total.count + removed.count, total.bytes + removed.bytes)
    }

    /// Removes the decompressed layers of blobs that are not wanted any more.
    func prune(keeping isNeeded: (SHA256Digest) -> Bool) throws(StreamError) -> UInt64 {
        let markers = try DirectoryFiles(path: "\(directory)/blobs")
        var kept: Set<String> = []
        for marker in markers.files {
            guard let blob = SHA256Digest(hex: marker.name.text), isNeeded(blob), marker.size == 64 else {
                continue
            }
            let path = "\(directory)/blobs/\(blob.hex)"
            let diffID = try ReadableFile(path: path).bytes(at: 0, length: 64, of: path)
            kept.insert(String(decoding: diffID, as: UTF8.self))
        }
        let removed = try markers.remove { name in
            SHA256Digest(hex: name.text).map { !isNeeded($0) } ?? false
        }
        let layers = try DirectoryFiles(path: "\(directory)/layers").remove { name in
            // `<diff ID>` and `<diff ID>.index`; a dot begins what is being written.
            let stem = name.text.prefix { $0 != "." }
            return !stem.isEmpty && !kept.contains(String(stem))
        }
        return removed.bytes + layers.bytes
    }

    /// Bytes of the files below `name`, all of them.
    func size(of name: String) throws(StreamError) -> UInt64 {
        try Self.size(ByteString("\(directory)/\(name)"))
    }

    private static func size(_ path: ByteString) throws(StreamError) -> UInt64 {
        guard let status = try FileStatus.of(path) else { return 0 }
        guard status.kind == .directory else { return status.kind == .regular ? status.size : 0 }
        var total: UInt64 = 0
        for name in try Directory.names(path) { total += try size(path + "/" + name) }
        return total
    }

    /// The names in the directory.
    func names() throws(StreamError) -> [String] {
        guard try FileStatus.following(directory)?.kind == .directory else { return [] }
        return try Directory.names(directory).map(\.text)
    }
}
