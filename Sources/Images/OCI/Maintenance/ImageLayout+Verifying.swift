internal import Bytes
public import Digests
internal import Host

extension ImageLayout {
    /// Checks everything: every blob against its digest, every layer's contents against its diff ID, that the
    /// documents parse, and that names lead to images of which at least one platform is all there. Nothing is
    /// changed. `jobs` blobs are read at a time; `onProgress` is told how many of all are done. What the system does
    /// not let read is an error, no damage.
    ///
    /// Derived data is not looked at: it is checked when it is used, and made again where it is damaged.
    public func verifyAll(
        jobs: Int, onProgress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws(ImageError) -> LayoutReport {
        var inspector = LayoutInspector(self)
        try inspector.inspect()
        let blobs = try blobFiles()
        let diffIDs = inspector.diffIDs
        let results = await withTaskGroup(of: Result<[Finding], ImageError>.self) { group in
            var results: [Result<[Finding], ImageError>] = []
            func take(_ result: Result<[Finding], ImageError>) {
                results.append(result)
                onProgress(results.count, blobs.count)
            }
            for (number, blob) in blobs.enumerated() {
                if number >= max(1, jobs), let result = await group.next() { take(result) }
                let contents = (diffIDs[blob.digest] ?? []).sorted()
                group.addTask { self.findings(blob, contents) }
            }
            for await result in group { take(result) }
            return results
        }
        for result in results {
            for finding in try result.get() {
                inspector.note(finding.digest, finding.reason, isInherent: finding.isInherent)
            }
        }
        var leftovers = 0
        try reading { () throws(StreamError) in
            for folder in [path, blobFolder] {
                leftovers += try FolderFiles(path: folder).files.count { TemporaryName.matches($0.name) }
            }
        }
        inspector.count(blobs: blobs, leftovers: leftovers)
        return try inspector.finish()
    }

    private struct Finding: Sendable {
        var digest: SHA256Digest
        var reason: String
        var isInherent = false
    }

    /// What is wrong with one blob; it may be gone meanwhile, if nobody needs it any more.
    private func findings(
        _ blob: BlobFile, _ diffIDs: [SHA256Digest]
    ) -> Result<[Finding], ImageError> {
        let descriptor = Descriptor(mediaType: .octets, digest: blob.digest, size: blob.size)
        do throws(ImageError) {
            if diffIDs.isEmpty {
                try verify(descriptor)
                return .success([])
            }
            let found = try digests(ofLayer: descriptor, limits: .default)
            try check(descriptor, found: found.blob, at: blob.path)
            let wrong = diffIDs.filter { $0 != found.diffID }.map { diffID in
                let reason =
                    "what is in it has the digest \(found.diffID.oci), a configuration says \(diffID.oci)"
                return Finding(digest: blob.digest, reason: reason, isInherent: true)
            }
            return .success(wrong)
        } catch {
            let reason: String
            switch error.problem {
            case .wrongBlob(_, _, let text): reason = text
            case .layer(let problem): reason = problem.reason
            case .stream(let problem):
                if case .system = problem, !problem.isMissingFile { return .failure(error) }
                reason = "\(error)"
            default: reason = "\(error)"
            }
            return .success([Finding(digest: blob.digest, reason: reason)])
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
                try reading { () throws(StreamError) in try Folder.remove(blob.path) }
                removed.append(blob.digest)
            }
            return removed
        }
    }
}
