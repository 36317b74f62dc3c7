internal import Bytes
public import Digests
internal import Host

extension ImageLayout {
    /// Checks everything: every blob against its digest, every layer's contents against its diff ID, that the
    /// documents parse, and that names lead to images with at least one complete platform. Nothing is changed.
    /// `jobs` blobs are read at a time; `onProgress` receives the numbers of blobs done and in total. A failure
    /// to read a file is an error, not damage.
    ///
    /// Derived data is not checked here, but when it is used; damaged derived data is rebuilt.
    public func verifyAll(
        jobs: Int, onProgress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws(ImageError) -> LayoutReport {
        var inspector = LayoutInspector(self)
        try inspector.inspect()
        let blobs = try blobFiles()
        let layers = Set(blobs.map(\.digest).filter(inspector.isLayer))
        let results = await withTaskGroup(of: Result<Finding?, ImageError>.self) { group in
            var results: [Result<Finding?, ImageError>] = []
            func take(_ result: Result<Finding?, ImageError>) {
                results.append(result)
                onProgress(results.count, blobs.count)
            }
            for (number, blob) in blobs.enumerated() {
                if number >= max(1, jobs), let result = await group.next() { take(result) }
                let isLayer = layers.contains(blob.digest)
                group.addTask { self.finding(blob, isLayer: isLayer) }
            }
            for await result in group { take(result) }
            return results
        }
        for result in results {
            switch try result.get() {
            case .wrong(let digest, let reason): inspector.note(digest, reason)
            case .unreadable(let digest, let reason): inspector.note(digest, reason, isInherent: true)
            case .layer(let digest, let contents): inspector.note(digest, contents: contents)
            case nil: break
            }
        }
        var leftovers = 0
        try reading { () throws(StreamError) in
            for directory in [path, blobDirectory] {
                leftovers += try DirectoryFiles(path: directory).files.count {
                    TemporaryName.matches($0.name)
                }
            }
        }
        inspector.count(blobs: blobs, leftovers: leftovers)
        return try inspector.finish()
    }

    /// The result of checking one blob.
    private enum Finding: Sendable {
        /// Its bytes are not those that its name promises.
        case wrong(SHA256Digest, reason: String)
        /// They are, but they are not a layer.
        case unreadable(SHA256Digest, reason: String)
        /// A layer, and the digest of what is in it.
        case layer(SHA256Digest, contents: SHA256Digest)
    }

    /// The finding about one blob, which may have been removed meanwhile if unreferenced.
    private func finding(_ blob: BlobFile, isLayer: Bool) -> Result<Finding?, ImageError> {
        let descriptor = Descriptor(mediaType: .octets, digest: blob.digest, size: blob.size)
        do throws(ImageError) {
            guard isLayer else {
                try verify(descriptor)
                return .success(nil)
            }
            let found = try digests(ofLayer: descriptor, limits: .default)
            try check(descriptor, found: found.blob, at: blob.path)
            return .success(.layer(blob.digest, contents: found.diffID))
        } catch {
            switch error.problem {
            case .wrongBlob(_, _, let reason): return .success(.wrong(blob.digest, reason: reason))
            case .layer(let problem): return .success(.unreadable(blob.digest, reason: problem.reason))
            case .stream(let problem):
                if case .system = problem, !problem.isMissingFile { return .failure(error) }
                return .success(.wrong(blob.digest, reason: "\(error)"))
            default: return .success(.wrong(blob.digest, reason: "\(error)"))
            }
        }
    }

    /// Removes those of `digests` whose blobs are not what their names promise, so that they can be fetched
    /// again, and returns them. Nil, and nothing is removed, while anybody else uses the layout.
    public func removeDamaged(_ digests: [SHA256Digest]) throws(ImageError) -> [SHA256Digest]? {
        try alone { () throws(ImageError) in
            var removed: [SHA256Digest] = []
            for blob in try blobFiles() where digests.contains(blob.digest) {
                // Somebody may have put the right one there since it was found.
                let descriptor = Descriptor(mediaType: .octets, digest: blob.digest, size: blob.size)
                do throws(ImageError) {
                    try verify(descriptor)
                    continue
                } catch {
                    // What cannot be read need not be damaged.
                    guard case .wrongBlob = error.problem else { throw error }
                }
                try reading { () throws(StreamError) in try Directory.remove(blob.path) }
                removed.append(blob.digest)
            }
            return removed
        }
    }
}
