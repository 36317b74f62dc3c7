public import Bytes
public import Digests

/// An error about an image; the reference is added as the error propagates.
public struct ImageError: Error, Equatable, Sendable {
    /// The image as the user named it; nil if unknown.
    public var reference: String?
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// `text` is not an image reference.
        case invalidReference(text: String, reason: String)
        /// `path` is not an OCI image layout.
        case notALayout(path: String, reason: String)
        /// The layout at `path` does not have the image; what it has, the nearest names first.
        case notFound(path: String, available: [String])
        /// The image exists, but not for `wanted`.
        case noPlatform(wanted: Platform, available: [Platform])
        /// The image exists under the name, but a lock file pins another one.
        case notTheLocked(locked: SHA256Digest, found: SHA256Digest)
        /// The blob is missing from the layout: the image is only partially cached.
        case missingBlob(SHA256Digest, path: String, platform: Platform? = nil)
        /// A layer that registries need not have is not in the layout; where else it may be downloaded from.
        case absentLayer(SHA256Digest, urls: [String])
        /// The image cannot be copied, because these parts of it are missing.
        case incomplete(missing: [String])
        /// The bytes of the blob at `path` do not match its digest.
        case wrongBlob(SHA256Digest, path: String, reason: String)
        /// The document (index, manifest, configuration) violates the specification at `field`.
        case malformed(document: String, field: String, reason: String)
        /// A layer that cannot be imported.
        case layer(LayerProblem)
        /// An archive of images that cannot be imported.
        case archive(ArchiveProblem)
        /// A system error while reading or writing.
        case stream(StreamError)
    }

    public init(_ problem: Problem, reference: String? = nil) {
        self.problem = problem
        self.reference = reference
    }

    static func invalidReference(_ text: String, reason: String) -> Self {
        Self(.invalidReference(text: text, reason: reason), reference: text)
    }

    /// The same error, attributed to `reference` unless it already names an image.
    func of(_ reference: ImageReference) -> Self {
        Self(problem, reference: self.reference ?? reference.description)
    }
}

/// An error in a layer.
public struct LayerProblem: Equatable, Sendable {
    /// The digest of the blob in the manifest.
    public var layer: SHA256Digest
    /// The member of the tar, if known.
    public var entry: ByteString?
    /// The offset in the decompressed tar, if known.
    public var offset: UInt64?
    public var reason: String

    public init(layer: SHA256Digest, entry: ByteString? = nil, offset: UInt64? = nil, reason: String) {
        self.layer = layer
        self.entry = entry
        self.offset = offset
        self.reason = reason
    }
}

/// An error in an archive of images.
public struct ArchiveProblem: Equatable, Sendable {
    /// The archive's path, or a description of it.
    public var archive: String
    /// The member, if known.
    public var entry: ByteString?
    /// The offset in the (decompressed) archive, if known.
    public var offset: UInt64?
    public var reason: String

    public init(archive: String, entry: ByteString? = nil, offset: UInt64? = nil, reason: String) {
        self.archive = archive
        self.entry = entry
        self.offset = offset
        self.reason = reason
    }
}

/// Runs `body`, converting system errors to image errors.
func reading<T: ~Copyable>(_ body: () throws(StreamError) -> T) throws(ImageError) -> T {
    do throws(StreamError) { return try body() } catch { throw ImageError(.stream(error)) }
}

/// Runs `body` with its errors attributed to `reference`.
func attributing<T>(
    _ reference: ImageReference, _ body: () throws(ImageError) -> T
) throws(ImageError) -> T {
    do throws(ImageError) { return try body() } catch { throw error.of(reference) }
}
