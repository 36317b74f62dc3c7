internal import Bytes
internal import Digests
internal import Host

/// Reads the documents of a layout and says what must be true of its blobs.
struct LayoutInspector {
    let layout: ImageLayout
    private(set) var report = LayoutReport()
    /// For the blob of a layer, what its contents must be.
    private(set) var diffIDs: [SHA256Digest: Set<SHA256Digest>] = [:]
    /// Problems by blob, before anybody is named.
    private var problems: [SHA256Digest: Set<Problem>] = [:]

    private struct Problem: Hashable {
        var reason: String
        var isInherent: Bool
    }

    private var inspected: Set<SHA256Digest> = []

    init(_ layout: ImageLayout) { self.layout = layout }

    mutating func inspect() throws(ImageError) {
        let roots = try layout.readIndex().manifests
        for root in roots {
            report.names += root.annotations[AnnotationKey.referenceName] == nil ? 0 : 1
            try inspect(below: root)
        }
    }

    /// Notes what is wrong with a blob; `isInherent` as in a report's damages.
    mutating func note(_ digest: SHA256Digest, _ reason: String, isInherent: Bool = false) {
        problems[digest, default: []].insert(Problem(reason: reason, isInherent: isInherent))
    }

    /// The report, with the names of those that each problem is about.
    mutating func finish() throws(ImageError) -> LayoutReport {
        let named = try layout.blobsByName()
        var images: [SHA256Digest: [String]] = [:]
        for entry in named { for digest in entry.blobs { images[digest, default: []].append(entry.name) } }
        for digest in problems.keys.sorted() {
            for problem in (problems[digest] ?? []).sorted(by: { $0.reason < $1.reason }) {
                report.damages.append(
                    LayoutReport.Damage(
                        digest: digest, reason: problem.reason, isInherent: problem.isInherent,
                        images: images[digest] ?? []))
            }
        }
        return report
    }

    private mutating func inspect(below root: Descriptor) throws(ImageError) {
        var pending = [root]
        while let descriptor = pending.popLast() {
            guard inspected.insert(descriptor.digest).inserted else { continue }
            guard try isThere(descriptor) else { continue }
            do throws(ImageError) {
                switch descriptor.mediaType.role {
                case .index: pending += try children(of: descriptor, root: root).reversed()
                case .manifest: try inspectManifest(descriptor)
                default: break
                }
            } catch {
                // A wrong digest is found again where every blob is hashed.
                if case .wrongBlob = error.problem { continue }
                if case .stream(.system) = error.problem { throw error }
                note(descriptor.digest, "\(error)", isInherent: true)
            }
        }
    }

    /// The manifests of an index that are there: LinuxKit keeps those of one platform and the index of all.
    private mutating func children(
        of descriptor: Descriptor, root: Descriptor
    ) throws(ImageError) -> [Descriptor] {
        let all = try layout.index(descriptor).manifests
        var present: [Descriptor] = []
        var missing: [Descriptor] = []
        for child in all {
            let status = try Self.status(layout.blobPath(child.digest))
            if status == nil { missing.append(child) } else { present.append(child) }
        }
        if present.isEmpty, let first = missing.first {
            note(first.digest, "it is missing, as is every other manifest of index \(descriptor.digest.oci)")
        } else if !missing.isEmpty, let name = root.annotations[AnnotationKey.referenceName] {
            report.partial[name, default: []] += missing.map { $0.platform?.description ?? $0.digest.oci }
        }
        return present
    }

    private mutating func inspectManifest(_ descriptor: Descriptor) throws(ImageError) {
        let manifest = try layout.manifest(descriptor)
        for blob in [manifest.configuration] + manifest.layers { _ = try isThere(blob) }
        // Artifacts have configurations of other kinds, and layers that are no file systems.
        guard manifest.configuration.mediaType.role == .configuration,
            manifest.layers.allSatisfy(Self.isFileSystem),
            try Self.status(layout.blobPath(manifest.configuration.digest)) != nil
        else { return }
        do throws(ImageError) {
            let configuration = try layout.configuration(manifest)
            for layer in try ImageLayer.pair(manifest, configuration, document: descriptor.manifestName) {
                diffIDs[layer.descriptor.digest, default: []].insert(layer.diffID)
            }
        } catch {
            if case .wrongBlob = error.problem { return }
            throw error
        }
    }

    private static func isFileSystem(_ layer: Descriptor) -> Bool {
        if case .layer = layer.mediaType.role { true } else { false }
    }

    /// Whether the blob is there with the size that its descriptor says.
    private mutating func isThere(_ descriptor: Descriptor) throws(ImageError) -> Bool {
        guard let status = try Self.status(layout.blobPath(descriptor.digest)) else {
            note(descriptor.digest, "it is missing")
            return false
        }
        guard status.kind == .regular else {
            note(descriptor.digest, "it is no file")
            return false
        }
        guard status.size == descriptor.size else {
            note(descriptor.digest, "it has \(status.size) bytes, \(descriptor.size) are right")
            return false
        }
        return true
    }

    private static func status(_ path: String) throws(ImageError) -> FileStatus? {
        try reading { () throws(StreamError) in try FileStatus.following(path) }
    }
}

extension LayoutInspector {
    /// Says how many blobs were hashed, how many of them as layers, and what lies about.
    mutating func count(blobs: [BlobFile], leftovers: Int) {
        report.blobs = blobs.count
        report.bytes = blobs.reduce(0) { $0 + $1.size }
        report.layers = blobs.count { diffIDs[$0.digest] != nil }
        report.leftovers = leftovers
    }
}
