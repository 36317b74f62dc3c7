public import Bytes
public import Digests
internal import Host
internal import JSON
public import KitConfig
internal import OCI

/// A configuration by what is in it: both of its canonical texts, which outputs may hold, and the contents of
/// the files that it adds.
public struct KitIdentity: Hashable, Sendable {
    /// Of the YAML, as `metadata: yaml` writes it.
    public var yaml: SHA256Digest
    /// Of the JSON, as `metadata: json` writes it: it tells a missing list from an empty one.
    public var json: SHA256Digest
    /// One for each of `files`; nil for what has no bytes of its own, and for optional sources that are missing.
    public var files: [SHA256Digest?]

    /// `kit` with its image names expanded. Sources are read now; `home` is what `~/` means in them.
    public init(_ kit: Kit, home: String) throws(StreamError) {
        yaml = SHA256Digest(hashing: kit.yaml(.v2))
        json = SHA256Digest(hashing: kit.json())
        files = []
        for file in kit.files {
            if let text = file.contents {
                // Neither text shows bytes that are not UTF-8.
                files.append(SHA256Digest(hashing: text))
            } else if file.source.isEmpty || file.directory || !file.symlink.isEmpty {
                files.append(nil)
            } else {
                files.append(try Self.digest(of: file, home: home))
            }
        }
    }

    private static func digest(of file: FileConfig, home: String) throws(StreamError) -> SHA256Digest? {
        let path = file.sourcePath(home: home)
        if file.optional, try FileStatus.following(path) == nil { return nil }
        var source = RangeSource(try ReadableFile(path: path))
        var hasher = SHA256Hasher()
        try source.copy(to: &hasher)
        return hasher.finalize()
    }

    var object: JSONObject {
        [
            "yaml": .text(yaml.oci), "json": .text(json.oci),
            "files": .array(files.map { $0.map { .text($0.oci) } ?? .null }),
        ]
    }
}
