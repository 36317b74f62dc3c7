public import Digests
public import OCI
internal import Synchronization

/// Signatures in an image layout: beside the image under cosign's tag, in the fallback index of referrers, or
/// in manifests that name their subject, as other tools copy them.
public final class LayoutSignatures: SignatureSource {
    private let layout: ImageLayout
    /// Manifests by subject, read on first use.
    private let subjects = Mutex<[SHA256Digest: [Descriptor]]?>(nil)

    public init(_ layout: ImageLayout) { self.layout = layout }

    public var place: String { "the cache \(layout.path)" }

    public func manifest(
        tagged reference: ImageReference
    ) throws(SignatureLookupError) -> SignatureManifest? {
        do throws(ImageError) {
            let descriptor = try layout.descriptor(of: reference)
            let bytes = try layout.verified(descriptor, limit: SignatureLimits.manifest)
            return SignatureManifest(descriptor: descriptor, bytes: bytes)
        } catch {
            if error.isAbsence { return nil }
            throw SignatureLookupError(error)
        }
    }

    public func referrers(
        of digest: SHA256Digest, in repository: ImageReference
    ) throws(SignatureLookupError) -> [Descriptor] {
        do throws(ImageError) {
            var found: [Descriptor] = []
            if let index = try manifest(named: try repository.referrersTag(for: digest)) {
                found = try ImageIndex(
                    parsing: index.bytes, document: "index \(index.descriptor.digest.oci)"
                ).manifests
            }
            for descriptor in try manifestsBySubject()[digest] ?? []
            where !found.contains(where: { $0.digest == descriptor.digest }) {
                found.append(descriptor)
            }
            return found
        } catch { throw SignatureLookupError(error) }
    }

    public func contents(
        of descriptor: Descriptor, in repository: ImageReference, limit: Int
    ) throws(SignatureLookupError) -> [UInt8]? {
        do throws(ImageError) { return try layout.verified(descriptor, limit: limit) } catch {
            if error.isAbsence { return nil }
            throw SignatureLookupError(error)
        }
    }

    private func manifest(named reference: ImageReference) throws(ImageError) -> SignatureManifest? {
        do throws(ImageError) {
            let descriptor = try layout.descriptor(of: reference)
            guard descriptor.mediaType.role == .index else { return nil }
            let bytes = try layout.verified(descriptor, limit: SignatureLimits.manifest)
            return SignatureManifest(descriptor: descriptor, bytes: bytes)
        } catch {
            if error.isAbsence { return nil }
            throw error
        }
    }

    private func manifestsBySubject() throws(ImageError) -> [SHA256Digest: [Descriptor]] {
        if let known = subjects.withLock({ $0 }) { return known }
        let found = try layout.manifestsBySubject()
        subjects.withLock { $0 = found }
        return found
    }
}

extension ImageError {
    /// True only for errors that something was not found.
    fileprivate var isAbsence: Bool {
        switch problem {
        case .notFound, .missingBlob: true
        default: false
        }
    }
}
