import Bytes
import Digests
import OCI
import Registry

/// Waits so short that tests need not wait.
let hastyRetries = RetryPolicy(
    attempts: 4, firstDelay: 0.01, longestDelay: 0.05, longestRetryAfter: 2, stallSeconds: 5,
    connectSeconds: 5)

/// Runs `body` with a client that is closed afterwards.
func withClient<T>(
    _ settings: RegistrySettings = RegistrySettings(retries: hastyRetries),
    _ body: (RegistryClient) async throws -> T
) async throws -> T {
    let client = try RegistryClient(settings)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

/// A login, whoever asks.
struct FixedLogin: CredentialSource {
    var value = Login(username: "tester", password: "correct horse")
    func login(for registry: String) async throws(RegistryError) -> Login? { value }
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
