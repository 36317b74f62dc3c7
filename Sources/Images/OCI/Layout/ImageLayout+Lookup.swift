internal import Digests
internal import Bytes
internal import Host

extension ImageLayout {
    /// What the layout has under `reference`: the descriptor of an index or of a manifest.
    public func descriptor(of reference: ImageReference) throws(ImageError) -> Descriptor {
        try roots(of: reference)[0]
    }

    /// The target of `reference`, and its bytes. Where several manifests have the name, an index of them.
    public func root(
        of reference: ImageReference
    ) throws(ImageError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        try attributing(reference) { () throws(ImageError) in
            let roots = try roots(of: reference)
            if roots.count == 1 { return (roots[0], try document(roots[0])) }
            let index = ImageIndex(
                manifests: try roots.map { root throws(ImageError) in
                    var plain = root.unannotated
                    if plain.mediaType.role == .manifest { plain.platform = try? platform(root) }
                    return plain
                })
            let bytes = index.encoded()
            return (
                Descriptor(
                    mediaType: .imageIndex, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count)),
                bytes
            )
        }
    }

    /// The image `reference` for `platform`.
    public func image(_ reference: ImageReference, platform: Platform) throws(ImageError) -> Image {
        try attributing(reference) { () throws(ImageError) in
            let roots = try roots(of: reference)
            let (descriptor, manifest, configuration) = try naming(platform) { () throws(ImageError) in
                let descriptor = try choose(platform, among: try manifests(below: roots))
                let manifest = try self.manifest(descriptor)
                return (descriptor, manifest, try self.configuration(manifest))
            }
            return Image(
                reference: reference, root: try root(of: descriptor, among: roots), descriptor: descriptor,
                manifest: manifest,
                configuration: configuration,
                layers: try ImageLayer.pair(manifest, configuration, document: descriptor.manifestName))
        }
    }

    /// Reports a missing blob as missing for `platform`; other platforms may be complete.
    private func naming<T>(
        _ platform: Platform, _ body: () throws(ImageError) -> T
    ) throws(ImageError) -> T {
        do throws(ImageError) { return try body() } catch {
            guard case .missingBlob(let digest, let path, nil) = error.problem else { throw error }
            throw ImageError(
                .missingBlob(digest, path: path, platform: platform), reference: error.reference)
        }
    }

    /// The one that leads to the manifest, where several things have one name.
    private func root(of manifest: Descriptor, among roots: [Descriptor]) throws(ImageError) -> Descriptor {
        for root in roots.dropLast() {
            if try manifests(below: [root]).contains(where: { $0.digest == manifest.digest }) { return root }
        }
        return roots.last ?? manifest
    }

    /// The platforms that `reference` is available for, in the order of its index.
    public func platforms(of reference: ImageReference) throws(ImageError) -> [Platform] {
        try attributing(reference) { () throws(ImageError) in
            try platforms(below: try roots(of: reference))
        }
    }

    func platforms(below roots: [Descriptor]) throws(ImageError) -> [Platform] {
        var platforms: [Platform] = []
        for descriptor in try manifests(below: roots) where !descriptor.isAttestation {
            // A missing manifest need not have a platform.
            if descriptor.platform == nil, try !exists(descriptor) { continue }
            let platform = try platform(descriptor)
            if !platforms.contains(platform) { platforms.append(platform) }
        }
        return platforms
    }

    /// The descriptors that `reference` names: one, or where a tool gave one name to several platforms, those.
    func roots(of reference: ImageReference) throws(ImageError) -> [Descriptor] {
        let index = try readIndex()
        if let digest = reference.digest {
            if let known = index.manifests.first(where: { $0.digest == digest }) { return [known] }
            if let loose = try looseManifest(digest) { return [loose] }
        } else {
            let named = index.entries(named: reference.layoutNames)
            if !named.isEmpty { return named }
        }
        throw ImageError(
            .notFound(path: path, available: NearestNames(to: reference, in: index).names),
            reference: reference.description)
    }

    /// Every manifest below `roots`, nested indexes opened, each once, in order. A missing nested index
    /// represents its manifests.
    func manifests(below roots: [Descriptor]) throws(ImageError) -> [Descriptor] {
        var seen: Set<SHA256Digest> = []
        var found: [Descriptor] = []
        var pending = Array(roots.reversed())
        while let descriptor = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            switch descriptor.mediaType.role {
            case .manifest: found.append(descriptor)
            case .index:
                if try exists(descriptor) || roots.contains(descriptor) {
                    pending += try index(descriptor).manifests.reversed()
                } else {
                    found.append(descriptor)
                }
            default: break  // Other kinds of artifacts may accompany images.
            }
        }
        return found
    }

    func index(_ descriptor: Descriptor) throws(ImageError) -> ImageIndex {
        try ImageIndex(parsing: try document(descriptor), document: "index \(descriptor.digest.oci)")
    }

    func manifest(_ descriptor: Descriptor) throws(ImageError) -> ImageManifest {
        try ImageManifest(parsing: try document(descriptor), document: descriptor.manifestName)
    }

    func configuration(_ manifest: ImageManifest) throws(ImageError) -> ImageConfiguration {
        let descriptor = manifest.configuration
        if descriptor.mediaType.isArtifact {
            throw ImageError(
                .malformed(
                    document: "configuration \(descriptor.digest.oci)", field: "",
                    reason: "has the type \(descriptor.mediaType): this is an artifact, not an image to run"
                ))
        }
        return try ImageConfiguration(
            parsing: try document(descriptor), document: "configuration \(descriptor.digest.oci)")
    }

    private func choose(
        _ wanted: Platform, among manifests: [Descriptor]
    ) throws(ImageError) -> Descriptor {
        var available: [Platform] = []
        var missing: ImageError?
        var malformed: ImageError?
        for descriptor in manifests where !descriptor.isAttestation {
            do throws(ImageError) {
                let platform = try platform(descriptor)
                // An image without a platform, `FROM scratch` by old tools, matches any platform.
                if wanted.accepts(platform) || platform.os.isEmpty && platform.architecture.isEmpty {
                    return descriptor
                }
                if !available.contains(platform) { available.append(platform) }
            } catch {
                switch error.problem {
                // LinuxKit's cache may hold one platform's blobs only; another may still be the one wanted.
                case .missingBlob: missing = missing ?? error
                // An artifact may accompany the image.
                case .malformed: malformed = malformed ?? error
                default: throw error
                }
            }
        }
        if available.isEmpty, let error = missing ?? malformed { throw error }
        throw ImageError(.noPlatform(wanted: wanted, available: available))
    }

    /// The platform in the descriptor, else in the image's configuration.
    private func platform(_ descriptor: Descriptor) throws(ImageError) -> Platform {
        if let platform = descriptor.platform { return platform }
        return try configuration(try manifest(descriptor)).platform
    }

    /// The same; nil if the descriptor does not have it and the manifest is not in the layout.
    func platformIfKnown(_ descriptor: Descriptor) throws(ImageError) -> Platform? {
        if descriptor.platform == nil, try !exists(descriptor) { return nil }
        return try platform(descriptor)
    }

    /// A manifest or an index that only another index, or nothing, names.
    private func looseManifest(_ digest: SHA256Digest) throws(ImageError) -> Descriptor? {
        let status = try reading { () throws(StreamError) in try FileStatus.of(blobPath(digest)) }
        guard let status, status.kind == .regular else { return nil }
        var descriptor = Descriptor(mediaType: .imageManifest, digest: digest, size: status.size)
        let fields = try DocumentFields(parsing: try document(descriptor), document: "blob \(digest.oci)")
        if let type = try fields.string("mediaType") {
            descriptor.mediaType = MediaType(rawValue: type)
        } else if try fields.array("manifests") != nil {
            descriptor.mediaType = .imageIndex
        }
        return descriptor
    }
}

extension Descriptor {
    /// How errors name the manifest.
    var manifestName: String { "manifest \(digest.oci)" }
}
