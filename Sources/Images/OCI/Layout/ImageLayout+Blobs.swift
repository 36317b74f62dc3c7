public import Bytes
internal import Digests
internal import Host

extension ImageLayout {
    /// The bytes of a small blob, verified against the descriptor's digest and size.
    public func document(_ descriptor: Descriptor) throws(ImageError) -> [UInt8] {
        try verified(descriptor, limit: Self.documentLimit)
    }

    /// The bytes of a blob of up to `limit` bytes, verified against the descriptor's digest and size.
    public func verified(_ descriptor: Descriptor, limit: Int) throws(ImageError) -> [UInt8] {
        // A descriptor may carry what it names.
        if let bytes = descriptor.embeddedBytes, try !exists(descriptor) { return bytes }
        let file = try openBlob(descriptor)
        guard file.count <= UInt64(limit) else {
            throw ImageError(.stream(.limitExceeded(what: file.path, limit: UInt64(limit))))
        }
        let bytes = try reading { () throws(StreamError) in
            try file.bytes(at: 0, length: Int(file.count), of: file.path)
        }
        try check(descriptor, found: SHA256Digest(hashing: bytes), at: file.path)
        return bytes
    }

    /// Reads a large blob once and checks it against the descriptor's digest and size.
    public func verify(_ descriptor: Descriptor) throws(ImageError) {
        let file = try openBlob(descriptor)
        try check(descriptor, found: try digest(of: file), at: file.path)
    }

    private func digest(of file: ReadableFile) throws(ImageError) -> SHA256Digest {
        try reading { () throws(StreamError) in
            var source = RangeSource(file)
            var hasher = SHA256Hasher()
            try source.copy(to: &hasher)
            return hasher.finalize()
        }
    }

    /// The bytes of a blob, its size checked and its contents not yet.
    public func contents(of descriptor: Descriptor) throws(ImageError) -> any RandomAccessBytes {
        try openBlob(descriptor)
    }

    /// The blob's file, its size checked and its contents not yet.
    func openBlob(_ descriptor: Descriptor) throws(ImageError) -> ReadableFile {
        let path = blobPath(descriptor.digest)
        let file: ReadableFile
        do throws(StreamError) { file = try ReadableFile(path: path) } catch {
            if error.isMissingFile {
                guard descriptor.mayBeAbsent else {
                    throw ImageError(.missingBlob(descriptor.digest, path: path))
                }
                throw ImageError(.absentLayer(descriptor.digest, urls: descriptor.urls))
            }
            throw ImageError(.stream(error))
        }
        guard file.count == descriptor.size else {
            let reason = "it has \(file.count) bytes instead of \(descriptor.size)"
            // Whose fault it is, the bytes say.
            guard try digest(of: file) == descriptor.digest else {
                throw ImageError(.wrongBlob(descriptor.digest, path: path, reason: reason))
            }
            throw ImageError(
                .malformed(
                    document: "a document that names the blob \(descriptor.digest.oci)", field: "size",
                    reason: "is \(descriptor.size), but the blob has \(file.count) bytes"))
        }
        return file
    }

    func check(_ descriptor: Descriptor, found: SHA256Digest, at path: String) throws(ImageError) {
        if found == descriptor.digest { return }
        let reason = "its contents have the digest \(found.oci)"
        throw ImageError(.wrongBlob(descriptor.digest, path: path, reason: reason))
    }
}
