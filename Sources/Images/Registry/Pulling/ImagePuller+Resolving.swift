internal import OCI

extension ImagePuller {
    /// Finds out what an image is, and brings its documents into the layout: index, manifests, configurations, no
    /// layer. The image gets no name there; `layout` finds it by the digest of its root.
    public func resolve(_ request: Request) async throws -> ResolvedImage {
        var documents = DocumentFetcher(client: client, layout: layout, reference: request.reference)
        let image = try await documents.resolve(platforms: request.platforms)
        try await options.approve(image)
        try documents.store()
        let fetcher = BlobFetcher(
            client: client, layout: layout, connections: options.connections,
            progress: PullProgressReport(images: 1, report: { _ in }))
        for blob in image.blobs where blob.mediaType.role == .configuration {
            try await fetcher.fetch(blob, from: request.reference)
        }
        return image
    }
}
