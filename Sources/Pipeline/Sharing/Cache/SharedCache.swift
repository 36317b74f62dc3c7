internal import Bytes
internal import Digests
internal import Host
public import OCI
public import Outputs
public import Registry

/// Outputs of builds in the repository of an ordinary registry, each under the tag of its key.
///
/// Whoever may write to the repository is trusted to have built what the entry says; that the bytes are those of the
/// entry is checked. Nothing here ends a build: what cannot be used is reported, and the build does the work itself.
public struct SharedCache: Sendable {
    public let repository: ImageReference
    private let client: RegistryClient
    /// Asked whether an entry may be used before anything of it but the manifest is fetched.
    public var admit: @Sendable (ImageReference, Descriptor) async throws -> Void = { _, _ in }

    public init(_ repository: ImageReference, client: RegistryClient) {
        self.repository = repository
        self.client = client
    }

    /// What came of looking for an entry.
    public enum Lookup: Sendable {
        /// The files are in their places; the build that made them warned of `warnings`.
        case found([WrittenFile], warnings: [String])
        case missing
        /// Nobody should use the entry.
        case unusable(reason: String)
        /// It could not be read.
        case failed(any Error)
    }

    /// Looks for the outputs of `key` and puts them where `path` says for each suffix, all or none.
    public func restore(
        _ key: BuildKey, expecting expected: ExpectedFiles, path: (_ suffix: String) -> String
    ) async -> Lookup {
        guard let reference = repository.tagged(key.tag) else { return .missing }
        do {
            guard let (descriptor, bytes) = try await manifest(reference) else { return .missing }
            let entry = BuildEntry(
                try ArtifactManifest(parsing: bytes, document: "manifest \(descriptor.digest.oci)"))
            let layers = try entry.layers(of: expected, for: key)
            try await admit(reference, descriptor)
            let document = try await client.document(
                entry.manifest.configuration, from: repository, limit: key.document.count)
            guard document == key.document else {
                throw EntryFault("the entry was built from different inputs")
            }
            let received = try await ReceivedFiles(
                layers.map { (path: path($0.file.suffix), layer: $0.layer) }, from: repository,
                client: client)
            try received.commit()
            return .found(received.written, warnings: entry.warnings)
        } catch let error as EntryFault {
            return .unusable(reason: "\(reference): \(error.reason)")
        } catch {
            return .failed(error)
        }
    }

    private func manifest(
        _ reference: ImageReference
    ) async throws(RegistryError) -> (Descriptor, [UInt8])? {
        do throws(RegistryError) { return try await client.manifest(reference) } catch {
            if case .notFound = error.problem { return nil }
            throw error
        }
    }

    /// Whether the entry was put, or was there.
    public enum Upload: Sendable {
        case stored(Descriptor)
        case existed(Descriptor)
    }

    /// Puts an entry for `key`. `files` are read while they are uploaded: bytes that have changed since they were
    /// written are refused by the registry. An equal entry is not uploaded again.
    public func store(
        _ key: BuildKey, _ expected: ExpectedFiles, files: [WrittenFile],
        path: (_ suffix: String) -> String, warnings: [String]
    ) async throws -> Upload {
        guard let reference = repository.tagged(key.tag) else {
            throw SharingError(reference: repository.description, reason: "no tag can be made for the build")
        }
        var named: [(file: ExpectedFiles.File, written: WrittenFile)] = []
        for file in expected.files {
            let path = path(file.suffix)
            if let written = files.first(where: { $0.path == path }) {
                named.append((file: file, written: written))
            }
        }
        let entry = BuildEntry(key: key, files: named, warnings: warnings)
        let wanted = entry.manifest.descriptor
        if let known = try await client.publishedDescriptor(of: reference), known.digest == wanted.digest {
            return .existed(wanted)
        }
        let configuration = entry.manifest.configuration
        _ = try await client.upload(
            configuration, contents: ByteArrayAccess(key.document), to: repository, mountableFrom: [])
        for layer in entry.manifest.layers {
            guard let file = named.first(where: { $0.written.digest == layer.digest })?.written else {
                continue
            }
            _ = try await client.upload(
                layer, contents: try ReadableFile(path: file.path), to: repository, mountableFrom: [])
        }
        _ = try await client.putManifest(
            entry.manifest.encoded(), mediaType: .imageManifest, as: reference)
        return .stored(wanted)
    }
}
