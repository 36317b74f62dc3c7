internal import Bytes
internal import Digests
internal import Host
internal import OCI
internal import Outputs
internal import Registry

/// Files on their way from a registry, each checked; they appear together.
struct ReceivedFiles {
    let written: [WrittenFile]
    private let receivers: [FileReceiver]

    /// Fetches every layer to its path, all at once; what has not the digest promised is an error of the registry.
    init(
        _ layers: [(path: String, layer: Descriptor)], from repository: ImageReference,
        client: RegistryClient
    ) async throws {
        var receivers: [FileReceiver] = []
        for (path, layer) in layers { receivers.append(try FileReceiver(path: path, size: layer.size)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (receiver, (_, layer)) in zip(receivers, layers) {
                group.addTask { try await client.download(layer, from: repository, into: receiver) }
            }
            try await group.waitForAll()
        }
        self.receivers = receivers
        written = layers.map { WrittenFile(path: $0.path, size: $0.layer.size, digest: $0.layer.digest) }
    }

    /// Gives all of them their names.
    func commit() throws(StreamError) {
        try PendingFiles.uninterrupted { () throws(StreamError) in
            for receiver in receivers { try receiver.commit() }
        }
    }
}

extension RegistryClient {
    /// A small blob, checked.
    func document(
        _ blob: Descriptor, from repository: ImageReference, limit: Int
    ) async throws(RegistryError) -> [UInt8] {
        let receiver = MemoryReceiver(limit: limit, what: "a document")
        try await download(blob, from: repository, into: receiver)
        return receiver.bytes
    }
}
