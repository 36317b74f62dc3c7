internal import Bytes
public import Digests
internal import Host
public import OCI

/// Brings images of a layout into a registry: what is there already is not sent again.
///
/// Blobs go before the manifests that name them, manifests before their index, so a registry holds whole images
/// at any moment.
public struct ImagePusher: Sendable {
    public let client: RegistryClient
    public let layout: ImageLayout
    /// Blobs sent at a time.
    public var connections = 4
    /// Told from any thread what is being done.
    public var onProgress: @Sendable (String) -> Void = { _ in }

    public init(client: RegistryClient, layout: ImageLayout) {
        self.client = client
        self.layout = layout
    }

    /// Pushes the image that the layout has as `source` under the name `destination`; returns what it names there.
    public func push(_ source: ImageReference, as destination: ImageReference) async throws -> Descriptor {
        let root = try layout.descriptor(of: source)
        let kin = try relatives(of: destination, first: source)
        try await push(root, to: destination, mountableFrom: kin)
        return try await client.putManifest(
            try layout.document(root), mediaType: root.mediaType, as: destination)
    }

    /// Names the platforms of an index that was pushed as `destination`, as far as the layout has them, by its tag with
    /// the architecture after it: `redis:7-arm64`. Nothing for what is no index. Of several platforms of one
    /// architecture the first has the name.
    public func pushArchitectures(
        of descriptor: Descriptor, beside destination: ImageReference
    ) async throws -> [(name: String, digest: SHA256Digest)] {
        guard descriptor.mediaType.role == .index, let tag = destination.tag else { return [] }
        let index = try ImageIndex(
            parsing: try layout.document(descriptor), document: "index \(descriptor.digest.oci)")
        var named: [(name: String, digest: SHA256Digest)] = []
        for child in index.manifests where !child.isAttestation && child.mediaType.role == .manifest {
            guard try layout.hasBlob(child), let architecture = child.platform?.architecture,
                let name = destination.tagged("\(tag)-\(architecture)"),
                !named.contains(where: { $0.name == name.description })
            else { continue }
            _ = try await client.putManifest(
                try layout.document(child), mediaType: child.mediaType, as: name)
            named.append((name.description, child.digest))
        }
        return named
    }

    /// All that `descriptor` names, and itself unless it is the root, which gets its name last.
    private func push(
        _ descriptor: Descriptor, to destination: ImageReference, mountableFrom kin: Relatives
    ) async throws {
        switch descriptor.mediaType.role {
        case .index:
            let index = try ImageIndex(
                parsing: try layout.document(descriptor), document: "index \(descriptor.digest.oci)")
            for child in index.manifests { try await push(child: child, to: destination, mountableFrom: kin) }
        default:
            let manifest = try ImageManifest(
                parsing: try layout.document(descriptor), document: "manifest \(descriptor.digest.oci)")
            try await send([manifest.configuration] + manifest.layers, to: destination, mountableFrom: kin)
        }
    }

    private func push(
        child: Descriptor, to destination: ImageReference, mountableFrom kin: Relatives
    ) async throws {
        // The cache may have one platform of several; the registry may have the others already.
        guard try layout.hasBlob(child) else {
            if try await client.publishedDescriptor(of: destination.at(child.digest)) != nil { return }
            throw ImageError(
                .missingBlob(
                    child.digest, path: layout.blobPath(child.digest), platform: child.platform),
                reference: destination.description)
        }
        try await push(child, to: destination, mountableFrom: kin)
        _ = try await client.putManifest(
            try layout.document(child), mediaType: child.mediaType, as: destination.at(child.digest))
    }

    private func send(
        _ blobs: [Descriptor], to destination: ImageReference, mountableFrom kin: Relatives
    ) async throws {
        let slots = Slots(connections)
        var seen: Set<SHA256Digest> = []
        let work = blobs.filter { seen.insert($0.digest).inserted }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for blob in work {
                group.addTask {
                    guard await slots.enter() else { throw CancellationError() }
                    defer { slots.leave() }
                    try await send(blob, to: destination, mountableFrom: kin)
                }
            }
            try await group.waitForAll()
        }
    }

    private func send(
        _ blob: Descriptor, to destination: ImageReference, mountableFrom kin: Relatives
    ) async throws {
        if try await client.hasBlob(blob.digest, in: destination) { return }
        onProgress("\(destination): \(blob.digest.oci)")
        // What is damaged here must not become damage there.
        try await Aside.run { () throws(ImageError) in try layout.verify(blob) }
        _ = try await client.upload(
            blob, contents: try layout.contents(of: blob), to: destination,
            mountableFrom: kin[blob.digest] ?? [], isMissing: true)
    }

    /// Other repositories of the same registry with images of this layout, by the blobs that these have: the registry
    /// may have them there already. That of `first`, the image that is pushed, comes before others.
    private func relatives(
        of destination: ImageReference, first: ImageReference
    ) throws(ImageError) -> Relatives {
        var relatives: Relatives = [:]
        let known = try layout.blobsByName().compactMap { entry in
            (try? ImageReference(entry.name)).map { (reference: $0, blobs: entry.blobs) }
        }.filter {
            $0.reference.registry == destination.registry && $0.reference.repository != destination.repository
        }
        let isFirst = { (reference: ImageReference) in reference.repository == first.repository }
        for entry in known.filter({ isFirst($0.reference) }) + known.filter({ !isFirst($0.reference) }) {
            for blob in entry.blobs {
                let found = relatives[blob] ?? []
                guard found.count < Self.mostRelatives,
                    !found.contains(where: { $0.repository == entry.reference.repository })
                else { continue }
                relatives[blob] = found + [entry.reference]
            }
        }
        return relatives
    }

    private typealias Relatives = [SHA256Digest: [ImageReference]]

    /// Each mount is a request of its own.
    private static let mostRelatives = 3
}
