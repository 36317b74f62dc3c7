internal import Bytes
internal import Digests
internal import Host

extension ImageLayout {
    /// Every blob that can be reached from `roots`, these included, each once, in the order of a walk from the
    /// first to the last. Those that are not in the layout are among them: LinuxKit keeps the index of an image
    /// and the blobs of one platform. `unreadable` is called with damaged documents: what they refer
    /// to can't be known.
    func blobs(
        below roots: [Descriptor],
        unreadable: (Descriptor, ImageError) throws(ImageError) -> Void = { _, error throws(ImageError) in
            throw error
        }
    ) throws(ImageError) -> [Descriptor] {
        var seen: Set<SHA256Digest> = []
        var found: [Descriptor] = []
        var pending = Array(roots.reversed())
        while let descriptor = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            found.append(descriptor)
            do throws(ImageError) {
                pending += try references(of: descriptor).reversed()
            } catch { try unreadable(descriptor, error) }
        }
        return found
    }

    /// The blobs of an image that are in the layout and have other bytes than their names promise.
    public func damagedBlobs(of reference: ImageReference) throws(ImageError) -> [Descriptor] {
        let roots: [Descriptor]
        do throws(ImageError) { roots = try self.roots(of: reference) } catch {
            // Found by its digest alone, and damaged itself.
            guard case .wrongBlob(let digest, _, _) = error.problem, digest == reference.digest else {
                throw error
            }
            return [Descriptor(mediaType: .imageManifest, digest: digest, size: 0)]
        }
        var damaged: [Descriptor] = []
        for blob in try blobs(below: roots, unreadable: { _, _ throws(ImageError) in }) where try exists(blob)
        {
            do throws(ImageError) { try verify(blob) } catch {
                if case .wrongBlob = error.problem { damaged.append(blob) }
            }
        }
        return damaged
    }

    /// What the blob refers to, if it is a document and there.
    private func references(of descriptor: Descriptor) throws(ImageError) -> [Descriptor] {
        switch descriptor.mediaType.role {
        case .configuration, .layer: return []
        case .index, .manifest, nil: break
        }
        let status = try reading { () throws(StreamError) in
            try FileStatus.following(blobPath(descriptor.digest))
        }
        guard status != nil else { return [] }
        if descriptor.mediaType.role != nil {
            let bytes = try document(descriptor)
            if let references = DocumentReferences(of: bytes) { return references.descriptors }
            throw ImageError(
                .malformed(document: descriptor.manifestName, field: "", reason: "is not a JSON object"))
        }
        // Of another kind: a document if it looks like one.
        guard descriptor.size <= UInt64(Self.documentLimit), let bytes = try? document(descriptor) else {
            return []
        }
        return DocumentReferences(of: bytes)?.descriptors ?? []
    }

    /// Everything `index.json` refers to, including from unknown fields.
    func rootDescriptors() throws(ImageError) -> [Descriptor] {
        _ = try readIndex()
        return DocumentReferences(of: try indexBytes())?.descriptors ?? []
    }

    /// The blobs that may not be removed: what is below `index.json`, and what speaks of such a blob as its
    /// `subject` (OCI image specification, "Image Manifest"), signatures for example, with all below that.
    func neededBlobs() throws(ImageError) -> Set<SHA256Digest> {
        var needed = Set(try blobs(below: try rootDescriptors()).map(\.digest))
        var others = try blobFiles().filter { !needed.contains($0.digest) }.compactMap(artifact)
        while let next = others.firstIndex(where: { needed.contains($0.subject) }) {
            let artifact = others.remove(at: next)
            needed.formUnion(try blobs(below: [artifact.descriptor]).map(\.digest))
        }
        return needed
    }

    /// The blob, if it is a manifest with a subject.
    private func artifact(_ blob: BlobFile) -> (descriptor: Descriptor, subject: SHA256Digest)? {
        guard blob.size <= UInt64(Self.documentLimit), let file = try? ReadableFile(path: blob.path),
            (try? file.bytes(at: 0, length: 1, of: blob.path)) == [UInt8(ascii: "{")]
        else { return nil }
        let descriptor = Descriptor(mediaType: .imageManifest, digest: blob.digest, size: blob.size)
        guard let bytes = try? document(descriptor),
            let fields = try? DocumentFields(parsing: bytes, document: ""),
            let subject = try? fields.fields("subject")?.digest("digest")
        else { return nil }
        return (descriptor, subject)
    }
}
