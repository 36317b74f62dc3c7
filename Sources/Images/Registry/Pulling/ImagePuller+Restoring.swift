internal import Digests
public import OCI

extension ImagePuller {
    /// Fetches those blobs of an image in the layout again that are damaged, by their digests: the image stays what it
    /// is, regardless of the tag's current target. Returns their number.
    public func restore(_ reference: ImageReference) async throws -> Int {
        var restored: Set<SHA256Digest> = []
        let fetcher = BlobFetcher(
            client: client, layout: layout, connections: options.connections,
            progress: PullProgressReport(images: 1, report: options.onProgress), verifying: true)
        // A document that was damaged may lead to more.
        while true {
            let damaged = try layout.damagedBlobs(of: reference).filter { !restored.contains($0.digest) }
            if damaged.isEmpty { return restored.count }
            for blob in damaged {
                restored.insert(blob.digest)
                switch blob.mediaType.role {
                case .index, .manifest:
                    let (found, bytes) = try await client.manifest(reference.at(blob.digest))
                    try layout.addBlob(bytes, mediaType: found.mediaType)
                    client.settings.onNote(RegistryClient.replaced(blob.digest))
                default: try await fetcher.fetch(blob, from: reference)
                }
            }
        }
    }
}
