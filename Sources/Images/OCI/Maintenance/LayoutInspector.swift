internal import Bytes
internal import Digests
internal import Host

/// Reads the documents of a layout and says what must be true of its blobs. What is wrong is reported of the document
/// that is wrong: a blob that is what its name promises is not to blame for what others say of it.
struct LayoutInspector {
    let layout: ImageLayout
    private(set) var report = LayoutReport()
    private var pairs = LayerPairs()
    /// Blobs whose bytes are not those that their names promise.
    private var wrong: Set<SHA256Digest> = []
    private var sizes: Set<SizeClaim> = []
    private var problems: Set<Problem> = []
    /// Documents that were read before, as other images lead to them, too.
    private var inspected: Set<SHA256Digest> = []

    private struct Problem: Hashable {
        /// The blob that is wrong; nil if it is `index.json`.
        var digest: SHA256Digest?
        var reason: String
        var isInherent: Bool
        /// The names concerned; nil for those that lead to the blob.
        var names: [String]?
    }

    /// The location of a descriptor.
    private enum Source: Hashable {
        case index(name: String?)
        case document(SHA256Digest)
    }

    private struct SizeClaim: Hashable {
        let blob: SHA256Digest
        let declared: UInt64
        let found: UInt64
        let source: Source
    }

    init(_ layout: ImageLayout) { self.layout = layout }

    mutating func inspect() throws(ImageError) {
        for root in try layout.readIndex().manifests {
            report.names += root.entryName == nil ? 0 : 1
            checkDigest(inNameOf: root)
            try inspect(below: root)
        }
        report.remarks = try layout.ambiguousNames().map(\.description) + report.remarks
    }

    /// For the blob of a layer: true if its contents must be hashed.
    func isLayer(_ blob: SHA256Digest) -> Bool { pairs.diffIDs[blob] != nil }

    /// Notes what is wrong with a blob; `isInherent` as in a report's damages.
    mutating func note(_ digest: SHA256Digest, _ reason: String, isInherent: Bool = false) {
        if !isInherent { wrong.insert(digest) }
        problems.insert(Problem(digest: digest, reason: reason, isInherent: isInherent))
    }

    /// Notes the digest of what is in a layer.
    mutating func note(_ layer: SHA256Digest, contents: SHA256Digest) { pairs.contents[layer] = contents }

    private func checkDigestReason(_ name: EntryName, _ root: Descriptor) -> String? {
        guard let digest = name.reference?.digest, digest != root.digest else { return nil }
        return "index.json calls \(root.digest.oci) \(name.text), which is the digest of something else"
    }

    private mutating func checkDigest(inNameOf root: Descriptor) {
        guard let name = root.entryName, let reason = checkDigestReason(name, root) else { return }
        problems.insert(Problem(digest: nil, reason: reason, isInherent: true, names: [name.shown]))
    }
}

// MARK: - Images

extension LayoutInspector {
    /// What one name leads to.
    private struct Walk {
        let name: String?
        /// Manifests, complete ones first.
        var complete: [Descriptor] = []
        var incomplete: [(manifest: Descriptor, missing: [Descriptor])] = []
        var absent: [Descriptor] = []
    }

    private mutating func inspect(below root: Descriptor) throws(ImageError) {
        let name = root.entryName?.shown
        var walk = Walk(name: name)
        var seen: Set<SHA256Digest> = []
        var pending = [(descriptor: root, source: Source.index(name: name))]
        while let (descriptor, source) = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            guard let known = try known(descriptor, by: source) else {
                walk.absent.append(descriptor)
                continue
            }
            let isNew = inspected.insert(known.digest).inserted
            do throws(ImageError) {
                switch try role(of: known, by: source) {
                case .index:
                    let children = try layout.index(known).manifests
                    pending += children.reversed().map { ($0, .document(known.digest)) }
                case .manifest: try inspectManifest(known, isNew: isNew, &walk)
                default: break
                }
            } catch { try note(known.digest, error) }
        }
        finish(walk)
    }

    /// What is missing of an image is damage if nothing of it can be used: LinuxKit keeps one platform of an image
    /// and the index of all.
    private mutating func finish(_ walk: Walk) {
        let usable = walk.complete.contains { !$0.isAttestation }
        if usable {
            let parts = walk.absent + walk.incomplete.map(\.manifest)
            guard let name = walk.name, !parts.isEmpty else { return }
            report.partial[name, default: []] += parts.map(\.partName)
            return
        }
        for (_, missing) in walk.incomplete { for blob in missing { note(blob.digest, "it is missing") } }
        guard walk.incomplete.isEmpty, walk.complete.isEmpty, let first = walk.absent.first else { return }
        note(
            first.digest,
            walk.absent.count == 1 ? "it is missing" : "it is missing, as is everything else in its index")
    }

    /// The blob with its actual size; nil if not found.
    private mutating func known(
        _ descriptor: Descriptor, by source: Source
    ) throws(ImageError) -> Descriptor? {
        guard let status = try Self.status(layout.blobPath(descriptor.digest)) else {
            // A document that its descriptor carries need not be a file.
            return descriptor.embeddedBytes == nil ? nil : descriptor
        }
        guard status.kind == .regular else {
            note(descriptor.digest, "it is not a file")
            return nil
        }
        guard status.size != descriptor.size else { return descriptor }
        sizes.insert(
            SizeClaim(
                blob: descriptor.digest, declared: descriptor.size, found: status.size, source: source))
        var known = descriptor
        known.size = status.size
        return known
    }

    /// The kind of a document, ignoring its media type.
    private mutating func role(
        of descriptor: Descriptor, by source: Source
    ) throws(ImageError) -> MediaType.Role? {
        let called = descriptor.mediaType.role
        guard called == .index || called == .manifest else { return called }
        let name = "blob \(descriptor.digest.oci)"
        let fields = try DocumentFields(parsing: try layout.document(descriptor), document: name)
        let isIndex = fields.has("manifests")
        guard isIndex != fields.has("config") else { return called }
        let found = isIndex ? MediaType.Role.index : .manifest
        if found != called {
            blame(
                source,
                "gives \(descriptor.digest.oci) the type \(descriptor.mediaType), but it is "
                    + (isIndex ? "an index" : "a manifest"))
        }
        let own = try fields.string("mediaType").map { MediaType(rawValue: $0) }
        if let own, let role = own.role, role != found {
            note(
                descriptor.digest,
                "its mediaType is \(own), but it is \(isIndex ? "an index" : "a manifest")",
                isInherent: true)
        }
        return found
    }

    private mutating func blame(_ source: Source, _ what: String) {
        switch source {
        case .index(let name):
            problems.insert(
                Problem(
                    digest: nil, reason: "index.json \(what)", isInherent: false,
                    names: name.map { [$0] } ?? []))
        case .document(let digest): note(digest, "it \(what)", isInherent: true)
        }
    }

    /// An error of a document; one that its digest finds is noted when all blobs are hashed.
    private mutating func note(_ digest: SHA256Digest, _ error: ImageError) throws(ImageError) {
        if case .wrongBlob = error.problem { return }
        if case .stream(.system) = error.problem { throw error }
        note(digest, "\(error)", isInherent: true)
    }

    private static func status(_ path: String) throws(ImageError) -> FileStatus? {
        try reading { () throws(StreamError) in try FileStatus.following(path) }
    }
}

// MARK: - Manifests

extension LayoutInspector {
    private mutating func inspectManifest(
        _ descriptor: Descriptor, isNew: Bool, _ walk: inout Walk
    ) throws(ImageError) {
        let manifest = try layout.manifest(descriptor)
        var missing: [Descriptor] = []
        for blob in [manifest.configuration] + manifest.layers {
            if try known(blob, by: .document(descriptor.digest)) != nil { continue }
            guard blob.mayBeAbsent else {
                missing.append(blob)
                continue
            }
            let image = walk.name ?? descriptor.digest.oci
            report.remarks.append(
                "\(image): \(descriptor.partName) comes without layer \(blob.digest.oci), "
                    + "which is not for distribution")
        }
        if missing.isEmpty {
            walk.complete.append(descriptor)
        } else {
            walk.incomplete.append((descriptor, missing))
        }
        guard isNew else { return }
        try inspectConfiguration(of: manifest, descriptor)
    }

    private mutating func inspectConfiguration(
        of manifest: ImageManifest, _ descriptor: Descriptor
    ) throws(ImageError) {
        // Artifacts have configurations of other kinds, and layers that are not file systems.
        guard manifest.configuration.mediaType.role == .configuration,
            manifest.layers.allSatisfy(Self.isFileSystem),
            let known = try known(manifest.configuration, by: .document(descriptor.digest))
        else { return }
        var manifest = manifest
        manifest.configuration = known
        let configuration: ImageConfiguration
        do throws(ImageError) { configuration = try layout.configuration(manifest) } catch {
            return try note(known.digest, error)
        }
        let layers = try ImageLayer.pair(manifest, configuration, document: descriptor.manifestName)
        pairs.add(layers, manifest: descriptor.digest, configuration: known.digest)
    }

    private static func isFileSystem(_ layer: Descriptor) -> Bool {
        if case .layer = layer.mediaType.role { true } else { false }
    }
}

// MARK: - The report

extension LayoutInspector {
    /// Reports the numbers of hashed blobs, of layers among them, and of leftover files.
    mutating func count(blobs: [BlobFile], leftovers: Int) {
        report.blobs = blobs.count
        report.bytes = blobs.reduce(0) { $0 + $1.size }
        report.layers = blobs.count { isLayer($0.digest) }
        report.leftovers = leftovers
    }

    /// The report, with the names of those that each problem is about.
    mutating func finish() throws(ImageError) -> LayoutReport {
        for claim in sizes where !wrong.contains(claim.blob) {
            blame(
                claim.source,
                "gives \(claim.blob.oci) the size \(claim.declared), but it has \(claim.found) bytes")
        }
        for fault in pairs.faults(except: wrong) { note(fault.document, fault.reason, isInherent: true) }
        var images: [SHA256Digest: [String]] = [:]
        for entry in try layout.blobsByName() {
            for digest in entry.blobs { images[digest, default: []].append(entry.name) }
        }
        report.damages = problems.map { problem in
            LayoutReport.Damage(
                digest: problem.digest, reason: problem.reason, isInherent: problem.isInherent,
                images: problem.names ?? problem.digest.flatMap { images[$0] } ?? [])
        }.sorted { left, right in
            (left.digest?.oci ?? "", left.reason) < (right.digest?.oci ?? "", right.reason)
        }
        return report
    }
}
