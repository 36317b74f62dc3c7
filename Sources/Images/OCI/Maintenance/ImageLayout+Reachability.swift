internal import Bytes
internal import Digests
internal import Host

extension ImageLayout {
    /// Every blob that can be reached from `roots`, these included, each once, in the order of a walk from the
    /// first to the last. Those that are not in the layout are among them: LinuxKit keeps the index of an image
    /// and the blobs of one platform. What a damaged document refers to can't be known; that is an error.
    func blobs(below roots: [Descriptor]) throws(ImageError) -> [Descriptor] {
        var seen: Set<SHA256Digest> = []
        var found: [Descriptor] = []
        var pending = Array(roots.reversed())
        while let descriptor = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            found.append(descriptor)
            pending += try references(of: descriptor).reversed()
        }
        return found
    }

    /// What the blob refers to, if it is a document and there.
    func references(of descriptor: Descriptor) throws(ImageError) -> [Descriptor] {
        switch descriptor.mediaType.role {
        case .configuration, .layer: return []
        case .index, .manifest, nil: break
        }
        let status = try reading { () throws(StreamError) in
            try FileStatus.following(blobPath(descriptor.digest))
        }
        guard status != nil else { return [] }
        if descriptor.mediaType.role != nil {
            let document =
                "\(descriptor.mediaType.role == .index ? "index" : "manifest") \(descriptor.digest.oci)"
            guard let references = DocumentReferences(of: try self.document(descriptor)) else {
                throw ImageError(.malformed(document: document, field: "", reason: "is no JSON object"))
            }
            return references.descriptors
        }
        // Of another kind: a document if it looks like one.
        guard descriptor.size <= UInt64(Self.documentLimit), let bytes = try? self.document(descriptor) else {
            return []
        }
        return DocumentReferences(of: bytes)?.descriptors ?? []
    }
}
