internal import Bytes
public import Digests

extension ImageLayout {
    /// True if the image is present for `platform` with all its blobs, with `attestations` also
    /// of what is attached to it. Sizes are looked at; digests are when the blobs are read.
    public func isComplete(
        _ reference: ImageReference, platform: Platform, attestations: Bool = true
    ) throws(ImageError) -> Bool {
        do throws(ImageError) {
            return try attributing(reference) { () throws(ImageError) in
                let image = try self.image(reference, platform: platform)
                for layer in image.layers where !(try has(layer.descriptor)) { return false }
                guard attestations else { return true }
                return try hasAttestations(of: [image.descriptor.digest], below: image.root)
            }
        } catch { return try Self.isIncomplete(error) }
    }

    /// True if the image is present for each of `platforms`, or all its platforms if the list is empty, with
    /// every blob.
    public func isComplete(_ reference: ImageReference, platforms: [Platform]) throws(ImageError) -> Bool {
        for platform in platforms where !(try isComplete(reference, platform: platform)) { return false }
        guard platforms.isEmpty else { return true }
        do throws(ImageError) {
            return try attributing(reference) { () throws(ImageError) in
                for descriptor in try manifests(below: try roots(of: reference)) {
                    let manifest = try self.manifest(descriptor)
                    for blob in [manifest.configuration] + manifest.layers where !(try has(blob)) {
                        return false
                    }
                }
                return true
            }
        } catch { return try Self.isIncomplete(error) }
    }

    private func hasAttestations(
        of digests: [SHA256Digest], below root: Descriptor
    ) throws(ImageError) -> Bool {
        guard root.mediaType.role == .index else { return true }
        for descriptor in try manifests(below: [root]) where descriptor.attests(digests) {
            for blob in try manifest(descriptor).layers where !(try has(blob)) { return false }
        }
        return true
    }

    /// True if the blob exists; one of another size is an error.
    private func has(_ descriptor: Descriptor) throws(ImageError) -> Bool {
        guard try exists(descriptor) else { return false }
        _ = try openBlob(descriptor)
        return true
    }

    /// Missing blobs can be fetched; other errors are rethrown.
    private static func isIncomplete(_ error: ImageError) throws(ImageError) -> Bool {
        switch error.problem {
        case .notFound, .missingBlob, .noPlatform: return false
        default: throw error
        }
    }
}

extension Descriptor {
    /// True for the manifest of an attestation of one of the manifests with these digests
    /// (BuildKit, "Image attestation storage").
    public func attests(_ digests: [SHA256Digest]) -> Bool {
        isAttestation
            && digests.contains { annotations[AnnotationKey.dockerReferenceDigest] == $0.oci }
    }
}
