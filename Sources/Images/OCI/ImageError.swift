public import Bytes
public import Digests

/// What is wrong with an image, and with which: the reference is added on the way up.
public struct ImageError: Error, Equatable, Sendable {
    /// The image as the user knows it; nil where none is known.
    public var reference: String?
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// `text` is not an image reference.
        case invalidReference(text: String, reason: String)
        /// `path` is not an OCI image layout.
        case notALayout(path: String, reason: String)
        /// The layout at `path` does not have the image; what it has, the nearest names first.
        case notFound(path: String, available: [String])
        /// The image is there, but not for `wanted`.
        case noPlatform(wanted: Platform, available: [Platform])
        /// The blob is not in the layout: the image is there in part only.
        case missingBlob(SHA256Digest, path: String, platform: Platform? = nil)
        /// A layer that registries need not have is not in the layout; where else it may be downloaded from.
        case absentLayer(SHA256Digest, urls: [String])
        /// The image cannot be copied, because these parts of it are missing.
        case incomplete(missing: [String])
        /// The bytes of the blob at `path` are not those that its name promises.
        case wrongBlob(SHA256Digest, path: String, reason: String)
        /// The document (index, manifest, configuration) contradicts the specification at `field`.
        case malformed(document: String, field: String, reason: String)
        /// A layer that cannot be taken as it is.
        case layer(LayerProblem)
        /// An archive of images that cannot be taken as it is.
        case archive(ArchiveProblem)
        /// The system refused to read or write.
        case stream(StreamError)
    }

    public init(_ problem: Problem, reference: String? = nil) {
        self.problem = problem
        self.reference = reference
    }

    static func invalidReference(_ text: String, reason: String) -> Self {
        Self(.invalidReference(text: text, reason: reason), reference: text)
    }

    /// The same error, of `reference` unless it names an image already.
    func of(_ reference: ImageReference) -> Self {
        Self(problem, reference: self.reference ?? reference.description)
    }
}

/// Where a layer goes wrong.
public struct LayerProblem: Equatable, Sendable {
    /// The digest of the blob in the manifest.
    public var layer: SHA256Digest
    /// The member of the tar, where one is known.
    public var entry: ByteString?
    /// The byte of the decompressed tar, where one is known.
    public var offset: UInt64?
    public var reason: String

    public init(layer: SHA256Digest, entry: ByteString? = nil, offset: UInt64? = nil, reason: String) {
        self.layer = layer
        self.entry = entry
        self.offset = offset
        self.reason = reason
    }
}

/// Where an archive of images goes wrong.
public struct ArchiveProblem: Equatable, Sendable {
    /// What is read: a path, or what stands for one.
    public var archive: String
    /// The member, where one is known.
    public var entry: ByteString?
    /// The byte of the (decompressed) archive, where one is known.
    public var offset: UInt64?
    public var reason: String

    public init(archive: String, entry: ByteString? = nil, offset: UInt64? = nil, reason: String) {
        self.archive = archive
        self.entry = entry
        self.offset = offset
        self.reason = reason
    }
}

/// Runs `body` with system errors told as errors of an image.
func reading<T: ~Copyable>(_ body: () throws(StreamError) -> T) throws(ImageError) -> T {
    do throws(StreamError) { return try body() } catch { throw ImageError(.stream(error)) }
}

/// Runs `body` with its errors attributed to `reference`.
func attributing<T>(
    _ reference: ImageReference, _ body: () throws(ImageError) -> T
) throws(ImageError) -> T {
    do throws(ImageError) { return try body() } catch { throw error.of(reference) }
}
