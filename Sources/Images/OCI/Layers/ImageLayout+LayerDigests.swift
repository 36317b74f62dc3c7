internal import Bytes
internal import Decompression
internal import Digests
internal import Host

extension ImageLayout {
    /// How the blob is compressed, by what it starts with; nil if it is not.
    func compression(of descriptor: Descriptor) throws(ImageError) -> Compression? {
        let file = try openBlob(descriptor)
        return try reading { () throws(StreamError) in try Compression.detected(in: file) }
    }

    /// The format of a blob that cannot be read, if it is known by name.
    func unsupportedFormat(of descriptor: Descriptor) throws(ImageError) -> UnsupportedFormat? {
        let file = try openBlob(descriptor)
        return try reading { () throws(StreamError) in
            UnsupportedFormat(
                detecting: try file.bytes(at: 0, length: Int(min(file.count, 6)), of: file.path))
        }
    }

    /// The layer `descriptor` decompressed, as a blob of its own.
    func addDecompressed(
        _ descriptor: Descriptor, _ compression: Compression, limits: LayerLimits
    ) throws(ImageError) -> Descriptor {
        let file = try openBlob(descriptor)
        do throws(StreamError) {
            var writer = try newBlob()
            var source = try Decompressor.source(
                over: RangeSource(file), compression: compression,
                limit: limits.uncompressed(descriptor.size))
            try source.copy(to: &writer)
            return try writer.commit(mediaType: .layer)
        } catch {
            if case .system = error { throw ImageError(.stream(error)) }
            throw ImageError(.layer(LayerProblem(layer: descriptor.digest, reason: "\(error)")))
        }
    }

    /// The digest of the blob of a layer and that of what is in it, from one reading.
    func digests(
        ofLayer descriptor: Descriptor, limits: LayerLimits
    ) throws(ImageError) -> (blob: SHA256Digest, diffID: SHA256Digest) {
        let file = try openBlob(descriptor)
        let compression = try compression(of: descriptor)
        let blob = HashingSource(RangeSource(file))
        do throws(StreamError) {
            guard let compression else {
                let digest = try blob.drainedDigest()
                return (digest, digest)
            }
            let contents = HashingSource(
                try Decompressor.source(
                    over: blob, compression: compression, ignoresGarbage: true,
                    limit: limits.uncompressed(descriptor.size)))
            let diffID = try contents.drainedDigest()
            return (try blob.drainedDigest(), diffID)
        } catch {
            if case .system = error { throw ImageError(.stream(error)) }
            // Report the damage of a damaged blob rather than any consequence of it.
            let found = try reading { () throws(StreamError) in try blob.drainedDigest() }
            try check(descriptor, found: found, at: file.path)
            throw ImageError(.layer(LayerProblem(layer: descriptor.digest, reason: "\(error)")))
        }
    }
}
