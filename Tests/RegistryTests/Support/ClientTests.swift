import Bytes
import Digests
import NetworkSupport
import OCI
import Registry
import Testing

/// Waits so short that tests need not wait.
let hastyRetries = RetryPolicy(
    attempts: 4, firstDelay: 0.01, longestDelay: 0.05, longestRetryAfter: 2, stallSeconds: 60,
    connectSeconds: 60)

/// Runs `body`, on threads of its own, with a client that is closed afterwards.
func withClient<T>(
    _ settings: RegistrySettings = RegistrySettings(retries: hastyRetries),
    _ body: (RegistryClient) async throws -> T
) async throws -> T {
    let client = try RegistryClient(settings)
    do {
        let result = try await onOwnThreads { try await body(client) }
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

/// A login, whoever asks, or for one registry only.
struct FixedLogin: CredentialSource {
    var value = Login(username: "tester", password: "correct horse")
    var registry: String?
    func login(for registry: String) async throws(RegistryError) -> Login? {
        self.registry.map { registry.hasPrefix("\($0)/") } == false ? nil : value
    }
}

let testLogin = (username: "tester", password: "correct horse")

extension TestRegistry {
    func reference(_ name: String) throws -> ImageReference { try ImageReference("\(self.name)/\(name)") }

    /// Adds a blob and says what it is.
    func add(_ bytes: [UInt8], to repository: String) -> Descriptor {
        let digest = withContents { $0.addBlob(bytes, to: repository) }
        return Descriptor(mediaType: .layer, digest: digest, size: UInt64(bytes.count))
    }

    /// Adds an image as `repository:tag` and says what its manifest is.
    @discardableResult
    func add(_ image: SampleImage, to repository: String, tag: String) -> SHA256Digest {
        withContents {
            $0.addBlob(image.layer, to: repository)
            $0.addBlob(image.configuration, to: repository)
            return $0.addManifest(
                image.manifest, MediaType.imageManifest.rawValue, to: repository, tag: tag)
        }
    }
}

/// The problem that `body` ends with; recorded as an issue if there is none.
func problem(
    _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> RegistryError.Problem? {
    do {
        try await body()
        Issue.record("no error came", sourceLocation: sourceLocation)
    } catch let error as RegistryError {
        return error.problem
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
    return nil
}

/// An image of one layer, in memory.
struct SampleImage {
    let layer: [UInt8]
    let configuration = Array(
        #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8)

    init(layerBytes: Int = 100_000, seed: UInt64 = 1) { layer = sampleBytes(layerBytes, seed: seed) }

    var layerDescriptor: Descriptor {
        Descriptor(mediaType: .layerGzip, digest: SHA256Digest(hashing: layer), size: UInt64(layer.count))
    }
    var configurationDescriptor: Descriptor {
        Descriptor(
            mediaType: .imageConfiguration, digest: SHA256Digest(hashing: configuration),
            size: UInt64(configuration.count))
    }
    var manifest: [UInt8] {
        ImageManifest(configuration: configurationDescriptor, layers: [layerDescriptor]).encoded()
    }

    /// Uploads the blobs and puts the manifest.
    func push(as reference: ImageReference, with client: RegistryClient) async throws -> Descriptor {
        for (descriptor, bytes) in [(layerDescriptor, layer), (configurationDescriptor, configuration)] {
            _ = try await client.upload(
                descriptor, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
        }
        return try await client.putManifest(manifest, mediaType: .imageManifest, as: reference)
    }
}
