internal import Bytes
internal import Digests
internal import Host

/// What removing has freed.
public struct FreedSpace: Hashable, Sendable {
    /// Blobs removed, and their bytes.
    public var blobs = 0
    public var blobBytes: UInt64 = 0
    /// Bytes of data derived from them.
    public var derivedBytes: UInt64 = 0
    /// Files that processes left half written when they were killed, and their bytes.
    public var leftovers = 0
    public var leftoverBytes: UInt64 = 0

    public var bytes: UInt64 { blobBytes + derivedBytes + leftoverBytes }

    public init() {}

    mutating func add(leftovers removed: (count: Int, bytes: UInt64)) {
        leftovers += removed.count
        leftoverBytes += removed.bytes
    }
}

extension ImageLayout {
    /// Removes the blobs that are not reachable from `index.json`, the data derived from them, and the leftovers
    /// of killed processes; with `removingParts` also interrupted downloads. Returns nil, removing nothing, while
    /// another process uses the layout: a build or a pull may need a blob that has no name yet.
    public func collectGarbage(removingParts: Bool = false) throws(ImageError) -> FreedSpace? {
        try alone { () throws(ImageError) in
            let needed = try neededBlobs()
            var freed = try sweepFiles()
            if removingParts {
                freed.add(
                    leftovers: try reading { () throws(StreamError) in
                        try DirectoryFiles(path: downloadsDirectory).remove { _ in true }
                    })
            }
            for blob in try blobFiles() where !needed.contains(blob.digest) {
                try remove(blob)
                freed.blobs += 1
                freed.blobBytes += blob.size
            }
            freed.derivedBytes = try reading { () throws(StreamError) in
                try DerivedData(directory: derivedDirectory).prune { needed.contains($0) }
            }
            return freed
        }
    }

    /// Removes what killed processes left half written. Nil, and nothing is removed, while anybody else uses
    /// the layout.
    @discardableResult
    public func sweep() throws(ImageError) -> FreedSpace? {
        try alone { () throws(ImageError) in try sweepFiles() }
    }

    /// Removes every image and all derived data. Nil, and nothing is removed, while anybody else uses the layout.
    public func clear() throws(ImageError) -> FreedSpace? {
        try alone { () throws(ImageError) in
            var freed = try sweepFiles()
            // Unreferenced files first: on a full disk this frees space for the index.
            let derived = DerivedData(directory: derivedDirectory)
            freed.derivedBytes = try reading { () throws(StreamError) in
                let size = try derived.size(of: ".")
                try Directory.remove(derivedDirectory)
                return size
            }
            try editIndexLocked { $0 = [] }
            for blob in try blobFiles() {
                try remove(blob)
                freed.blobs += 1
                freed.blobBytes += blob.size
            }
            return freed
        }
    }

    private func remove(_ blob: BlobFile) throws(ImageError) {
        try reading { () throws(StreamError) in try Directory.remove(blob.path) }
    }

    private func sweepFiles() throws(ImageError) -> FreedSpace {
        try reading { () throws(StreamError) in
            var freed = FreedSpace()
            for directory in [path, blobDirectory] {
                freed.add(leftovers: try DirectoryFiles(path: directory).remove(TemporaryName.matches))
            }
            let derived = DerivedData(directory: derivedDirectory)
            freed.add(
                leftovers: try derived.sweep { digest in
                    (try? FileStatus.following(blobPath(digest))) != nil
                })
            return freed
        }
    }

    /// Runs `body` while no other process uses the layout, LinuxKit included; nil if one does. What was read
    /// before must be read again in it.
    func alone<T>(_ body: () throws(ImageError) -> T) throws(ImageError) -> T? {
        let lock: DirectoryLock
        if let use {
            lock = use
        } else {
            lock = try reading { () throws(StreamError) in try DirectoryLock(sharing: path) }
        }
        return try lock.alone(
            { () throws(ImageError) in
                let linuxKit = try reading { () throws(StreamError) in try FileLock(path: "\(path)/.lock") }
                let result = try body()
                _ = consume linuxKit
                return result
            }, refused: { ImageError(.stream($0)) })
    }
}
