public import Bytes
internal import Digests
internal import JSON
internal import Tar

extension LayerStore {
    /// Writes the image as a Docker archive, which `docker load`, podman and skopeo's `docker-archive:` read: the
    /// configuration, the layers uncompressed and named by their diff IDs, and `manifest.json` with `names`
    /// (Docker image specification v1.2). A name without a tag is called `latest`, one with a digest has no name there.
    public func exportDocker<Sink: ByteSink & ~Copyable>(
        _ image: Image, names: [ImageReference], to sink: consuming Sink
    ) throws(ImageError) -> Sink {
        var writer = ArchiveWriter(sink)
        let configuration = image.manifest.configuration
        var layers: [SHA256Digest] = []
        for layer in image.layers {
            do throws(ImageError) { _ = try index(of: layer) } catch { throw error.of(image.reference) }
            if !layers.contains(layer.diffID) { layers.append(layer.diffID) }
        }
        try writer.file("\(configuration.digest.hex).json", try layout.document(configuration))
        for diffID in layers.sorted() {
            let contents = try reading { () throws(StreamError) in try open(diffID) }
            let found = try writer.file("\(diffID.hex).tar", contents)
            guard found == diffID else {
                let path = "\(directory)/layers/\(diffID.hex)"
                let reason = "it changes while it is read"
                throw ImageError(.wrongBlob(diffID, path: path, reason: reason))
            }
        }
        let tags = names.compactMap { name in
            name.digest == nil ? "\(name.repository):\(name.tag ?? "latest")" : nil
        }
        let list: JSONValue = [
            [
                "Config": .text("\(configuration.digest.hex).json"), "RepoTags": .texts(tags),
                "Layers": .texts(image.layers.map { "\($0.diffID.hex).tar" }),
            ]
        ]
        try writer.file("manifest.json", list.encoded(.compact))
        return try writer.finish()
    }

    /// Writes the file system of the image as one tar: what is left of the layers when each has been applied on
    /// those below it, in LinuxKit's order.
    public func exportFileSystem<Sink: ByteSink & ~Copyable>(
        of image: Image, to sink: consuming Sink
    ) throws(ImageError) -> Sink {
        let entries = try entries(of: image)
        let buffered: BufferedSink<Sink>
        do throws(TarError) {
            var writer = TarWriter(BufferedSink(sink))
            for entry in entries { try writer.write(entry, from: self) }
            buffered = try writer.finish()
        } catch { throw ImageError(writing: error) }
        do throws(StreamError) { return try buffered.finish() } catch { throw ImageError(.stream(error)) }
    }
}
