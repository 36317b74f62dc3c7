internal import Digests
internal import OCI

/// Finds out what an image is made of: its index and the manifests that are wanted, from the layout where they
/// are there already. Nothing is written before `store`.
struct DocumentFetcher {
    let client: RegistryClient
    let layout: ImageLayout
    let reference: ImageReference
    /// The documents fetched from the registry, in order.
    private var fetched: [(descriptor: Descriptor, bytes: [UInt8])] = []
    private var fetchedBytes = 0

    init(client: RegistryClient, layout: ImageLayout, reference: ImageReference) {
        self.client = client
        self.layout = layout
        self.reference = reference
    }

    /// Puts what was fetched into the layout.
    func store() throws(ImageError) {
        for (descriptor, bytes) in fetched {
            try layout.addBlob(bytes, mediaType: descriptor.mediaType)
        }
    }

    mutating func resolve(platforms: [Platform]) async throws -> ResolvedImage {
        let (root, bytes) = try await self.root()
        var chosen = Chosen()
        if root.mediaType.role == .index {
            let listed = try await manifests(of: root, bytes)
            let wanted = try Self.choose(platforms, among: listed, reference: reference)
            var absence: RegistryError?
            for descriptor in wanted {
                // Of all platforms those are taken that the registry has.
                let error = try await addIfPublished(descriptor, isAttached: false, to: &chosen)
                if let error, !platforms.isEmpty { throw error }
                absence = absence ?? error
            }
            if chosen.manifests.isEmpty, let absence { throw absence }
            let digests = wanted.map(\.digest)
            for descriptor in listed where platforms.isEmpty || descriptor.attests(digests) {
                guard !digests.contains(descriptor.digest) else { continue }
                _ = try await addIfPublished(descriptor, isAttached: true, to: &chosen)
            }
        } else {
            try add(root, bytes, isAttached: false, to: &chosen)
        }
        return ResolvedImage(
            reference: reference, root: root, manifests: chosen.manifests, blobs: chosen.blobs)
    }

    /// The document that the reference names. Tags are always resolved; documents are fetched if missing.
    private mutating func root() async throws -> (Descriptor, [UInt8]) {
        var known: Descriptor?
        if reference.digest != nil {
            known = try? layout.descriptor(of: reference)
        } else {
            known = try await client.descriptor(of: reference)
        }
        if let known, let bytes = try cached(known) { return (known, bytes) }
        let named = known.map { reference.at($0.digest) } ?? reference
        let (descriptor, bytes) = try await client.manifest(named)
        fetched.append((descriptor, bytes))
        return (descriptor, bytes)
    }

    private mutating func document(_ descriptor: Descriptor) async throws -> [UInt8] {
        if let bytes = try cached(descriptor) { return bytes }
        let (found, bytes) = try await client.manifest(reference.at(descriptor.digest))
        fetchedBytes += bytes.count
        guard fetchedBytes <= Self.mostBytes else { throw tooMany }
        fetched.append((found, bytes))
        return bytes
    }

    /// The document as the layout has it; nil if it does not, or not the right one.
    private func cached(_ descriptor: Descriptor) throws -> [UInt8]? {
        do throws(ImageError) { return try layout.document(descriptor) } catch {
            if case .wrongBlob = error.problem {
                client.settings.onNote(RegistryClient.replaced(descriptor.digest))
            }
            return nil
        }
    }

    /// Every manifest below the index, nested ones opened, in order, each once.
    private mutating func manifests(of root: Descriptor, _ bytes: [UInt8]) async throws -> [Descriptor] {
        var seen: Set<SHA256Digest> = [root.digest]
        var found: [Descriptor] = []
        var pending = Array(try ImageIndex(parsing: bytes, document: Self.name(root)).manifests.reversed())
        while let descriptor = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            guard seen.count <= Self.mostManifests else { throw tooMany }
            switch descriptor.mediaType.role {
            case .manifest: found.append(descriptor)
            case .index:
                do {
                    let nested = try ImageIndex(
                        parsing: try await document(descriptor), document: Self.name(descriptor))
                    pending += nested.manifests.reversed()
                } catch let error as RegistryError where error.isNotFound { leaveOut(descriptor) }
            default: break
            }
        }
        return found
    }

    /// Of one image, through nested indexes: real ones have some dozens of manifests with some KiB.
    private static let mostManifests = 1000
    private static let mostBytes = 64 << 20

    private var tooMany: ImageError {
        ImageError(
            .malformed(document: "the image", field: "manifests", reason: "too many manifests"),
            reference: reference.description)
    }

    /// The first manifest for each of `platforms`; every one that can run if the list is empty. Where none says
    /// that it is for a platform, those without a platform may be: their configurations decide.
    private static func choose(
        _ platforms: [Platform], among listed: [Descriptor], reference: ImageReference
    ) throws(ImageError) -> [Descriptor] {
        let runnable = listed.filter { !$0.isAttestation }
        guard !platforms.isEmpty else { return runnable }
        var wanted: [Descriptor] = []
        for platform in platforms {
            let first = runnable.first { $0.platform.map(platform.accepts) ?? false }
            let candidates = first.map { [$0] } ?? runnable.filter { $0.platform == nil }
            guard !candidates.isEmpty else {
                throw ImageError(
                    .noPlatform(wanted: platform, available: runnable.compactMap(\.platform)),
                    reference: reference.description)
            }
            wanted += candidates.filter { !wanted.contains($0) }
        }
        return wanted
    }

    /// Adds the manifest, or returns the error if the registry does not have it: indexes may list missing manifests.
    private mutating func addIfPublished(
        _ descriptor: Descriptor, isAttached: Bool, to chosen: inout Chosen
    ) async throws -> RegistryError? {
        let bytes: [UInt8]
        do { bytes = try await document(descriptor) } catch let error as RegistryError where error.isNotFound
        {
            leaveOut(descriptor)
            return error
        }
        try add(descriptor, bytes, isAttached: isAttached, to: &chosen)
        return nil
    }

    private func leaveOut(_ descriptor: Descriptor) {
        client.settings.onNote(
            "\(reference): the registry does not have \(descriptor.partName) (\(descriptor.digest.oci)); left out"
        )
    }

    private func add(
        _ descriptor: Descriptor, _ bytes: [UInt8], isAttached: Bool, to chosen: inout Chosen
    ) throws(ImageError) {
        let manifest: ImageManifest
        do throws(ImageError) {
            manifest = try ImageManifest(parsing: bytes, document: Self.name(descriptor))
        } catch { throw ImageError(error.problem, reference: reference.description) }
        if !isAttached { chosen.manifests.append(descriptor) }
        for blob in [manifest.configuration] + manifest.layers where chosen.seen.insert(blob.digest).inserted
        {
            chosen.blobs.append(blob)
        }
    }

    private static func name(_ descriptor: Descriptor) -> String { "manifest \(descriptor.digest.oci)" }

    private struct Chosen {
        var manifests: [Descriptor] = []
        var blobs: [Descriptor] = []
        var seen: Set<SHA256Digest> = []
    }
}
