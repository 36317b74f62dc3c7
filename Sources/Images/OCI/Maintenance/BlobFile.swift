internal import Bytes
internal import Digests
internal import Host

/// A file in `blobs/sha256` whose name is a digest.
struct BlobFile: Hashable {
    let digest: SHA256Digest
    let path: String
    /// Bytes.
    let size: UInt64
}

extension ImageLayout {
    /// The existing blobs, sorted by digest, whether referred to or not.
    func blobFiles() throws(ImageError) -> [BlobFile] {
        try reading { () throws(StreamError) in
            var files: [BlobFile] = []
            for file in try DirectoryFiles(path: blobDirectory).files {
                guard let digest = SHA256Digest(hex: file.name.text) else { continue }
                files.append(
                    BlobFile(digest: digest, path: "\(blobDirectory)/\(digest.hex)", size: file.size))
            }
            return files
        }
    }

    var blobDirectory: String { "\(path)/blobs/sha256" }
    var derivedDirectory: String { "\(path)/derived" }
}

/// The files directly in a directory, sorted by name; empty if the directory does not exist.
struct DirectoryFiles {
    let path: String
    let files: [(name: ByteString, size: UInt64)]

    init(path: String) throws(StreamError) {
        self.path = path
        var files: [(name: ByteString, size: UInt64)] = []
        if try FileStatus.following(path)?.kind == .directory {
            for name in try Directory.names(path) {
                guard let status = try FileStatus.of(ByteString("\(path)/") + name),
                    status.kind == .regular
                else { continue }
                files.append((name, status.size))
            }
        }
        self.files = files
    }

    /// Removes the files that `isUnwanted` names and returns their bytes.
    func remove(_ isUnwanted: (ByteString) -> Bool) throws(StreamError) -> (count: Int, bytes: UInt64) {
        var removed = (count: 0, bytes: UInt64(0))
        for file in files where isUnwanted(file.name) {
            try Directory.remove(ByteString("\(path)/") + file.name)
            removed.count += 1
            removed.bytes += file.size
        }
        return removed
    }
}
