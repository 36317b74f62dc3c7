internal import Bytes
public import Digests
public import OCI
public import Registry
internal import Synchronization

/// Signatures beside the image in its registry: under cosign's tag, and among the referrers.
public struct RegistrySignatures: SignatureSource {
    private let client: RegistryClient

    public init(_ client: RegistryClient) { self.client = client }

    public var place: String { "the registry" }

    public func manifest(
        tagged reference: ImageReference
    ) async throws(SignatureLookupError) -> SignatureManifest? {
        try await unlessAbsent { () throws(RegistryError) in
            let (descriptor, bytes) = try await client.manifest(reference)
            return SignatureManifest(descriptor: descriptor, bytes: bytes)
        }
    }

    public func referrers(
        of digest: SHA256Digest, in repository: ImageReference
    ) async throws(SignatureLookupError) -> [Descriptor] {
        // Of every type: some registries put down another one than the artifact's.
        try await unlessAbsent { () throws(RegistryError) in
            try await client.referrers(of: digest, in: repository, artifactType: nil)
        } ?? []
    }

    public func contents(
        of descriptor: Descriptor, in repository: ImageReference, limit: Int
    ) async throws(SignatureLookupError) -> [UInt8]? {
        if descriptor.mediaType.role == .manifest {
            let reference: ImageReference
            do throws(ImageError) {
                reference = try ImageReference("\(repository.repository)@\(descriptor.digest.oci)")
            } catch { throw SignatureLookupError(error) }
            return try await manifest(tagged: reference)?.bytes
        }
        return try await unlessAbsent { () throws(RegistryError) in
            let receiver = MemoryReceiver(limit: limit, what: "a signature")
            try await client.download(descriptor, from: repository, into: receiver)
            return receiver.bytes
        }
    }

    /// Nil for what a registry does not have.
    private func unlessAbsent<T: Sendable>(
        _ body: () async throws(RegistryError) -> T
    ) async throws(SignatureLookupError) -> T? {
        do throws(RegistryError) { return try await body() } catch {
            if case .notFound = error.problem { return nil }
            throw SignatureLookupError(error)
        }
    }
}
