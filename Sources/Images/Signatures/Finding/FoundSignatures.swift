internal import Digests
internal import OCI

/// A manifest found in a source, with those of its layers that are signatures.
struct FoundManifest {
    let manifest: SignatureManifest
    let signatures: [Descriptor]
    /// All that must be there for the manifest to be whole.
    let blobs: [Descriptor]

    /// Which digest it was found for, and whether by cosign's tag.
    let subject: SHA256Digest
    let isTagged: Bool

    init(
        _ manifest: SignatureManifest, subject: SHA256Digest, isTagged: Bool
    ) throws(UnusableSignature) {
        self.manifest = manifest
        self.subject = subject
        self.isTagged = isTagged
        do throws(ImageError) {
            let parsed = try ImageManifest(
                parsing: manifest.bytes, document: "manifest \(manifest.descriptor.digest.oci)")
            signatures = parsed.layers.filter { $0.isSimpleSigning || $0.isSigstoreBundle }
            blobs = [parsed.configuration] + parsed.layers
        } catch {
            throw UnusableSignature("\(error)")
        }
    }
}

extension Descriptor {
    var isSimpleSigning: Bool { mediaType.rawValue == SimpleSigning.mediaType }

    var isSigstoreBundle: Bool { mediaType.rawValue.hasPrefix(SigstoreBundle.mediaTypePrefix) }

    /// False for a manifest whose annotation says that it is not a signature, such as other kinds of statements.
    /// Registries list nothing more reliable, and a false annotation can only hide a signature.
    var mayBeSignature: Bool {
        guard mediaType.role == .manifest else { return false }
        let predicate = annotations["dev.sigstore.bundle.predicateType"]
        return predicate == nil || predicate == InTotoStatement.predicateType
    }
}
