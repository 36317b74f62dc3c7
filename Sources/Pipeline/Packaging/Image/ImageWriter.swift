internal import Bytes
internal import Deflate
internal import Digests
internal import FileTree
internal import OCI

/// Writes a tree as an image of one layer into a layout.
struct ImageWriter {
    let layout: ImageLayout
    let blobs: PackageBlobs
    /// Threads that compress; they change no byte.
    let jobs: Int

    /// Adds layer, configuration and manifest; returns the manifest's descriptor.
    func write(
        _ tree: PackageTree, contents: PackageContents, label: String?, platform: Platform
    ) throws -> Descriptor {
        let compressed = ParallelGzipSink(try layout.blobWriter(), jobs: jobs)
        let written = try ArchiveFile.write(tree, to: DigestingSink(compressed), blobs: blobs)
        let diffID = written.digest
        let layer = try written.finish().finish().commit(mediaType: .layerGzip)
        var configuration = ImageConfiguration(
            platform: platform, config: config(contents.process, label: label), diffIDs: [diffID])
        configuration.created = tree.epoch.rfc3339
        let descriptor = try layout.addBlob(configuration.encoded(), mediaType: .imageConfiguration)
        var manifest = try layout.addManifest(ImageManifest(configuration: descriptor, layers: [layer]))
        manifest.platform = platform
        return manifest
    }

    private func config(_ process: PackageContents.Process, label: String?) -> ImageConfiguration.Config {
        var config = ImageConfiguration.Config()
        if !process.user.isEmpty { config.user = process.user }
        config.environment =
            process.environment.isEmpty
            ? ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] : process.environment
        if !process.entrypoint.isEmpty { config.entrypoint = process.entrypoint }
        if !process.command.isEmpty { config.command = process.command }
        config.workingDirectory = process.workingDirectory
        if let label { config.labels = ["org.mobyproject.config": label] }
        return config
    }
}
