internal import Bytes
public import Digests
internal import Host
public import OCI
internal import Synchronization

/// Brings images of a layout into a registry: what the registry has already is not sent again.
///
/// Blobs go before the manifests that name them, manifests before their index, so a registry holds whole images
/// at any moment. Nothing is sent of an image that is not complete.
public struct ImagePusher: Sendable {
    public let client: RegistryClient
    public let layout: ImageLayout
    /// Blobs sent at a time.
    public var connections = 4
    /// Reports what is being done; may be called from any thread.
    public var onProgress: @Sendable (String) -> Void = { _ in }
    private let sent = SentBlobs()

    public init(client: RegistryClient, layout: ImageLayout) {
        self.client = client
        self.layout = layout
    }

    /// Pushes the image that the layout has as `source` under the name `destination`; returns what it names there.
    public func push(_ source: ImageReference, as destination: ImageReference) async throws -> Descriptor {
        try await push(try await plan(source, as: destination))
    }

    /// Finds out what must be sent. Fails, naming everything that is missing, if the push could not succeed.
    public func plan(_ source: ImageReference, as destination: ImageReference) async throws -> PushPlan {
        var planner = PushPlanner(
            source, as: destination, client: client, layout: layout, connections: connections)
        return try await planner.plan()
    }

    /// Sends what was planned; returns what the destination names now.
    public func push(_ plan: PushPlan) async throws -> Descriptor {
        let destination = plan.destination
        let sources = try mountSources(of: destination, first: plan.source)
        try await send(plan.blobs, to: destination, mountableFrom: sources)
        for (descriptor, bytes) in plan.documents.dropLast() {
            _ = try await client.putManifest(
                bytes, mediaType: descriptor.mediaType, as: destination.at(descriptor.digest))
        }
        let root = plan.documents[plan.documents.count - 1]
        return try await client.putManifest(
            root.bytes, mediaType: root.descriptor.mediaType, as: destination)
    }

    /// Names the platforms of an index that was pushed as `plan` says, as far as the layout has them, by its tag with
    /// the architecture after it: `redis:7-arm64`. Nothing for what is not an index. Of several platforms of one
    /// architecture the first has the name.
    public func pushArchitectures(of plan: PushPlan) async throws -> [(name: String, digest: SHA256Digest)] {
        guard plan.root.mediaType.role == .index, let tag = plan.destination.tag else { return [] }
        let index = try ImageIndex(
            parsing: plan.documents[plan.documents.count - 1].bytes,
            document: "index \(plan.root.digest.oci)")
        var named: [(name: String, digest: SHA256Digest)] = []
        for child in index.manifests where !child.isAttestation && child.mediaType.role == .manifest {
            guard let document = plan.documents.first(where: { $0.descriptor.digest == child.digest }),
                let architecture = child.platform?.architecture,
                let name = plan.destination.tagged("\(tag)-\(architecture)"),
                !named.contains(where: { $0.name == name.description })
            else { continue }
            _ = try await client.putManifest(document.bytes, mediaType: child.mediaType, as: name)
            named.append((name.description, child.digest))
        }
        return named
    }

    private func send(
        _ blobs: [Descriptor], to destination: ImageReference, mountableFrom sources: MountSources
    ) async throws {
        let slots = Slots(connections)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for blob in blobs where !sent.contains(blob.digest, in: destination) {
                group.addTask {
                    guard await slots.enter() else { throw CancellationError() }
                    defer { slots.leave() }
                    onProgress("\(destination): \(blob.digest.oci)")
                    _ = try await client.upload(
                        blob, contents: try layout.contents(of: blob), to: destination,
                        mountableFrom: sources[blob.digest] ?? [], isMissing: true)
                    sent.insert(blob.digest, in: destination)
                }
            }
            try await group.waitForAll()
        }
    }

    /// Other repositories of the same registry with images of this layout, by the blobs that these have: the registry
    /// may have them there already. That of `first`, the image that is pushed, comes before others.
    private func mountSources(
        of destination: ImageReference, first: ImageReference
    ) throws(ImageError) -> MountSources {
        var sources: MountSources = [:]
        let known = try layout.blobsByName().compactMap { entry in
            (try? ImageReference(entry.name)).map { (reference: $0, blobs: entry.blobs) }
        }.filter {
            $0.reference.registry == destination.registry && $0.reference.repository != destination.repository
        }
        let isFirst = { (reference: ImageReference) in reference.repository == first.repository }
        for entry in known.filter({ isFirst($0.reference) }) + known.filter({ !isFirst($0.reference) }) {
            for blob in entry.blobs {
                let found = sources[blob] ?? []
                guard found.count < Self.mostMountSources,
                    !found.contains(where: { $0.repository == entry.reference.repository })
                else { continue }
                sources[blob] = found + [entry.reference]
            }
        }
        return sources
    }

    private typealias MountSources = [SHA256Digest: [ImageReference]]

    /// Each mount is a request of its own.
    private static let mostMountSources = 3
}

/// What was sent since it was planned: images of one command share blobs.
private final class SentBlobs: Sendable {
    private let blobs = Mutex<Set<String>>([])

    func contains(_ digest: SHA256Digest, in repository: ImageReference) -> Bool {
        blobs.withLock { $0.contains(Self.key(digest, repository)) }
    }

    func insert(_ digest: SHA256Digest, in repository: ImageReference) {
        blobs.withLock { _ = $0.insert(Self.key(digest, repository)) }
    }

    private static func key(_ digest: SHA256Digest, _ repository: ImageReference) -> String {
        "\(repository.repository)@\(digest.hex)"
    }
}
