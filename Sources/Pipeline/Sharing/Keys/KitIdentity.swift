public import Assembly
public import Digests
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

    /// `kit` with its image names expanded. `sources` reads what was not read before; `home` is what `~/` means.
    public init(_ kit: Kit, home: String, sources: SourceFiles) throws(AssemblyError) {
        yaml = SHA256Digest(hashing: kit.yaml(.v2))
        json = SHA256Digest(hashing: kit.json())
        files = []
        for (index, file) in kit.files.enumerated() {
            if let text = file.contents {
                // Neither text shows bytes that are not UTF-8.
                files.append(SHA256Digest(hashing: text))
            } else if file.source.isEmpty || file.directory || !file.symlink.isEmpty {
                files.append(nil)
            } else {
                files.append(try sources.digest(of: file, index: index, home: home))
            }
        }
    }

    var object: JSONObject {
        [
            "yaml": .text(yaml.oci), "json": .text(json.oci),
            "files": .array(files.map { $0.map { .text($0.oci) } ?? .null }),
        ]
    }
}
