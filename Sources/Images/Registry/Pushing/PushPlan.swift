internal import Bytes
internal import Digests
internal import Host
public import OCI

/// A push of which it is known that nothing is missing.
public struct PushPlan: Sendable {
    /// What the cache calls the image.
    public let source: ImageReference
    public let destination: ImageReference
    /// What `destination` will name.
    public var root: Descriptor { documents[documents.count - 1].descriptor }
    /// Manifests and indexes, each after what it names; the root is the last.
    let documents: [(descriptor: Descriptor, bytes: [UInt8])]
    /// Blobs that the registry does not have.
    let blobs: [Descriptor]
    /// A line for everything that is left out: layers that are not for distribution.
    public let remarks: [String]
}

/// Finds out what a push has to send. Nothing is sent: what is missing is known before anything is uploaded.
struct PushPlanner {
    let client: RegistryClient
    let layout: ImageLayout
    let source: ImageReference
    let destination: ImageReference
    let connections: Int
    private var documents: [(descriptor: Descriptor, bytes: [UInt8])] = []
    /// Blobs in the order of the manifests, each with what the manifest is for.
    private var needed: [(blob: Descriptor, part: String)] = []
    private var missing: [String] = []
    private var remarks: [String] = []
    private var seen: Set<SHA256Digest> = []

    init(
        _ source: ImageReference, as destination: ImageReference, client: RegistryClient, layout: ImageLayout,
        connections: Int
    ) {
        self.client = client
        self.layout = layout
        self.source = source
        self.destination = destination
        self.connections = connections
    }

    mutating func plan() async throws -> PushPlan {
        let root = try layout.root(of: source)
        do {
            try await add(root.descriptor, root.bytes)
            let blobs = try await blobsToSend()
            guard missing.isEmpty else { throw ImageError(.incomplete(missing: missing)) }
            return PushPlan(
                source: source, destination: destination, documents: documents, blobs: blobs, remarks: remarks
            )
        } catch let error as ImageError {
            // The name that the cache has is the one that can be pulled, imported or removed.
            throw ImageError(error.problem, reference: source.description)
        }
    }

    private mutating func add(_ descriptor: Descriptor, _ bytes: [UInt8]) async throws {
        guard seen.insert(descriptor.digest).inserted else { return }
        switch descriptor.mediaType.role {
        case .index:
            let index = try ImageIndex(parsing: bytes, document: "index \(descriptor.digest.oci)")
            for child in index.manifests { try await add(child: child) }
        case .manifest:
            let manifest = try ImageManifest(parsing: bytes, document: "manifest \(descriptor.digest.oci)")
            for blob in [manifest.configuration] + manifest.layers where seen.insert(blob.digest).inserted {
                needed.append((blob, descriptor.partName))
            }
        default: break
        }
        documents.append((descriptor, bytes))
    }

    /// The cache may have one platform of several; the registry may have the others already.
    private mutating func add(child: Descriptor) async throws {
        let bytes: [UInt8]
        do throws(ImageError) { bytes = try layout.document(child) } catch {
            guard case .missingBlob(child.digest, _, _) = error.problem else { throw error }
            guard seen.insert(child.digest).inserted else { return }
            if try await client.publishedDescriptor(of: destination.at(child.digest)) == nil {
                missing.append("\(child.partName) (manifest \(child.digest.oci))")
            }
            return
        }
        try await add(child, bytes)
    }

    /// Blobs missing from the registry, verified so that local damage is not pushed.
    private mutating func blobsToSend() async throws -> [Descriptor] {
        let slots = Slots(connections)
        let (client, layout, destination) = (client, layout, destination)
        let found = try await withThrowingTaskGroup(of: (Int, Blob).self) { group in
            for (number, (blob, _)) in needed.enumerated() {
                group.addTask {
                    guard await slots.enter() else { throw CancellationError() }
                    defer { slots.leave() }
                    if try await client.hasBlob(blob.digest, in: destination) { return (number, .published) }
                    return (number, try await Self.look(for: blob, in: layout))
                }
            }
            var found: [Int: Blob] = [:]
            for try await (number, blob) in group { found[number] = blob }
            return found
        }
        var blobs: [Descriptor] = []
        for (number, (blob, part)) in needed.enumerated() {
            switch found[number] {
            case .present: blobs.append(blob)
            case .missing: missing.append("\(blob.digest.oci) of \(part)")
            case .unneeded:
                remarks.append(
                    "\(source): \(part) is pushed without \(blob.digest.oci), which is not for distribution")
            case .published, nil: break
            }
        }
        return blobs
    }

    private enum Blob { case published, present, unneeded, missing }

    private static func look(for blob: Descriptor, in layout: ImageLayout) async throws -> Blob {
        try await Blocking.run { () throws(ImageError) in
            do throws(ImageError) { try layout.verify(blob) } catch {
                switch error.problem {
                case .missingBlob: return .missing
                // The registry does not need it either.
                case .absentLayer: return .unneeded
                default: throw error
                }
            }
            return .present
        }
    }
}
