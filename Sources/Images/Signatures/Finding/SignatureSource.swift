public import Digests
public import OCI
public import Registry

/// Where signatures are looked for: a layout, a registry. It answers questions and decides nothing.
public protocol SignatureSource: Sendable {
    /// What errors call the place: `the cache /a/b`.
    var place: String { get }

    /// The manifest that `reference` names by its tag, its bytes checked against the descriptor; nil if nothing
    /// has that name.
    func manifest(
        tagged reference: ImageReference
    ) async throws(SignatureLookupError) -> SignatureManifest?

    /// The manifests that say they are about `digest` (OCI distribution specification, "Listing Referrers"), of
    /// every kind.
    func referrers(
        of digest: SHA256Digest, in repository: ImageReference
    ) async throws(SignatureLookupError) -> [Descriptor]

    /// The bytes of a manifest or a blob of at most `limit` bytes, checked against the descriptor; nil if it is not
    /// there.
    func contents(
        of descriptor: Descriptor, in repository: ImageReference, limit: Int
    ) async throws(SignatureLookupError) -> [UInt8]?
}

/// A manifest that may hold signatures.
public struct SignatureManifest: Sendable, Equatable {
    public let descriptor: Descriptor
    public let bytes: [UInt8]

    public init(descriptor: Descriptor, bytes: [UInt8]) {
        self.descriptor = descriptor
        self.bytes = bytes
    }
}

/// Why signatures could not be looked for.
public struct SignatureLookupError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Cause: Equatable, Sendable {
        /// A layout that cannot be read, or a document in it.
        case image(ImageError)
        /// A registry that cannot be asked, or does not answer as it should.
        case registry(RegistryError)
    }

    public let cause: Cause

    public init(_ error: ImageError) { cause = .image(error) }
    public init(_ error: RegistryError) { cause = .registry(error) }

    /// True if the source as a whole fails, and not a part of what it has, which anybody may have put there.
    var isOfSource: Bool {
        guard case .registry(let error) = cause else { return false }
        switch error.problem {
        case .unreachable, .untrusted, .denied, .unavailable, .storageRefused, .interrupted, .credentials,
            .configuration, .noLibrary, .cancelled:
            return true
        case .notFound, .wrongContent, .refused, .protocolViolation, .stream: return false
        }
    }

    public var description: String {
        switch cause {
        case .image(let error): "\(error)"
        case .registry(let error): "\(error)"
        }
    }
}
