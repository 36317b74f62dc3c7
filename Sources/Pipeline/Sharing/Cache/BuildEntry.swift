internal import Bytes
internal import Digests
internal import JSON
internal import OCI
internal import Outputs

/// A build's outputs as an artifact: the key's document is its configuration, each file a layer.
struct BuildEntry {
    static let artifactType = "application/vnd.identikit.build.v1+json"
    /// Under which the manifest keeps what the build warned of: a JSON array of texts.
    static let warningsKey = "vnd.identikit.build.warnings"

    let manifest: ArtifactManifest

    init(_ manifest: ArtifactManifest) { self.manifest = manifest }

    /// The entry for `files`; the same files give the same entry.
    init(key: BuildKey, files: [(file: ExpectedFiles.File, written: WrittenFile)], warnings: [String]) {
        let layers = files.map { file, written in
            Descriptor(
                mediaType: .output(suffix: file.suffix), digest: written.digest, size: written.size,
                annotations: [AnnotationKey.title: file.title])
        }.sorted { Self.title($0) < Self.title($1) }
        var annotations: [String: String] = [:]
        if !warnings.isEmpty {
            let texts = JSONValue.texts(Self.bounded(warnings))
            annotations[Self.warningsKey] = String(decoding: texts.encoded(.compact), as: UTF8.self)
        }
        manifest = ArtifactManifest(
            artifactType: Self.artifactType,
            configuration: Descriptor(
                mediaType: MediaType(rawValue: Self.artifactType), digest: key.digest,
                size: UInt64(key.document.count)),
            layers: layers, annotations: annotations)
    }

    /// What people can read.
    private static func bounded(_ warnings: [String]) -> [String] {
        warnings.prefix(100).map { String($0.prefix(1000)) }
    }

    private static func title(_ layer: Descriptor) -> ByteString {
        ByteString(layer.annotations[AnnotationKey.title] ?? "")
    }

    /// What the build warned of when it was done.
    var warnings: [String] {
        guard let text = manifest.annotations[Self.warningsKey],
            let value = try? JSONValue(parsing: Array(text.utf8))
        else { return [] }
        return Self.bounded(value.strings ?? [])
    }

    /// The layers of the files, in the order of `expected`; throws the reason if the entry is not just these.
    func layers(
        of expected: ExpectedFiles, for key: BuildKey
    ) throws(EntryFault) -> [(file: ExpectedFiles.File, layer: Descriptor)] {
        guard manifest.artifactType == Self.artifactType,
            manifest.configuration.mediaType.rawValue == Self.artifactType
        else { throw EntryFault("it is not a build of Identikit but \(manifest.effectiveType)") }
        guard manifest.configuration.digest == key.digest,
            manifest.configuration.size == UInt64(key.document.count)
        else { throw EntryFault("the entry was built from different inputs") }
        var found: [String: Descriptor] = [:]
        for layer in manifest.layers {
            let title = layer.annotations[AnnotationKey.title] ?? ""
            guard expected.files.contains(where: { $0.title == title }) else {
                throw EntryFault("it has a file \"\(title.prefix(100))\" that this build does not write")
            }
            guard found.updateValue(layer, forKey: title) == nil else {
                throw EntryFault("it has the file \(title) twice")
            }
        }
        var layers: [(file: ExpectedFiles.File, layer: Descriptor)] = []
        for file in expected.files {
            if let layer = found[file.title] {
                layers.append((file: file, layer: layer))
            } else if file.isRequired {
                throw EntryFault("the file \(file.title) is missing in it")
            }
        }
        return layers
    }
}

/// What is wrong with an entry.
struct EntryFault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

extension MediaType {
    /// Of an output by the end of its name.
    static func output(suffix: String) -> MediaType {
        for (ending, type) in types where suffix.hasSuffix(ending) { return MediaType(rawValue: type) }
        return MediaType(rawValue: "application/octet-stream")
    }

    private static let types: [(ending: String, type: String)] = [
        (".tar.gz", "application/gzip"), (".tar", "application/x-tar"), (".docker", "application/x-tar"),
        // Compressed with gzip, zstd or not at all.
        ("-initrd.img", "application/octet-stream"), ("-cmdline", "text/plain"),
        (".spdx.json", "application/spdx+json"),
        (".iso", "application/vnd.efi.iso"), (".img", "application/vnd.efi.img"),
        (".raw", "application/vnd.efi.img"),
    ]
}
