public import Bytes
public import Digests
public import FileTree
internal import Host
internal import Synchronization

/// The layers of a layout, decompressed and verified, each with its index: created on first use and
/// kept, under `layers/` by diff ID. Losing the directory loses time, nothing else; damage to it neither: what was
/// kept is hashed before it is first believed.
public final class LayerStore: BlobStore {
    public let layout: ImageLayout
    /// Where the derived data is.
    public let directory: String
    private let limits: LayerLimits
    private let opened = Mutex(OpenedFiles())
    private let verified = Mutex(Verified())
    /// Files with holes, by the digest of their contents.
    private let sparseFiles = Mutex<[SHA256Digest: SparseFile]>([:])
    /// Held if the derived data is in the directory of another layout, whose garbage may be collected.
    private let use = Mutex<DirectoryLock?>(nil)
    /// Imports started with `begin`, in order.
    private let checks = Mutex<[LayerCheck]>([])

    /// `directory` is created when needed.
    public init(layout: ImageLayout, directory: String, limits: LayerLimits = .default) {
        self.layout = layout
        self.directory = directory
        self.limits = limits
        lockDirectory()
        for used in [layout.path, layout.blobDirectory, "\(directory)/layers", "\(directory)/blobs"]
        where Directory.isWritable(used) { PendingFiles.sweep(used) }
    }

    private func lockDirectory() {
        guard directory != layout.derivedDirectory, let slash = directory.lastIndex(of: "/") else { return }
        use.withLock { $0 = $0 ?? (try? DirectoryLock(sharing: String(directory[..<slash]))) }
    }

    /// Where the derived data of `layout` goes: into the layout, or into the user's `cacheDirectory`
    /// if the layout must not or cannot be written.
    public static func derivedDirectory(of layout: ImageLayout, cacheDirectory: String) -> String {
        Directory.isWritable(layout.path) ? "\(layout.path)/derived" : "\(cacheDirectory)/derived"
    }

    /// The index of `layer`, which is imported first if its index is missing or outdated.
    public func index(of layer: ImageLayer) throws(ImageError) -> LayerIndex {
        let index = try soundIndex(of: layer)
        sparseFiles.withLock { files in
            for entry in index.entries {
                if let file = entry.sparseFile(in: index.diffID) { files[entry.contentDigest] = file }
            }
        }
        return index
    }

    private func soundIndex(of layer: ImageLayer) throws(ImageError) -> LayerIndex {
        // A build that would fail without the derived data must fail with it.
        _ = try layout.openBlob(layer.descriptor)
        if let index = loadedIndex(layer) {
            if isBegun(layer) { return index }
            if try isSound(layer) { return index }
        }
        try derive(layer)
        guard let index = loadedIndex(layer) else {
            throw ImageError(
                .stream(
                    .corrupt(
                        what: indexPath(layer.diffID), offset: 0,
                        reason: "it changes while it is used; remove \(directory)")))
        }
        return index
    }

    private func derive(_ layer: ImageLayer) throws(ImageError) {
        try reading { () throws(StreamError) in
            try Directory.create("\(directory)/layers")
            try Directory.create("\(directory)/blobs")
        }
        lockDirectory()
        var layerImport = LayerImport(
            layout: layout, layer: layer, limits: limits, tarPath: tarPath(layer.diffID),
            indexPath: indexPath(layer.diffID))
        try layerImport.run()
        try reading { () throws(StreamError) in
            var file = try AtomicFile(path: markerPath(layer.descriptor.digest))
            try file.write(Array(layer.diffID.hex.utf8))
            try file.commit()
        }
        opened.withLock { $0.forget(layer.diffID) }
        verified.withLock {
            $0.blobs.insert(layer.descriptor.digest)
            if layer.descriptor.digest != layer.diffID { $0.tars.insert(layer.diffID) }
        }
    }

    /// Whether the derived tar has the bytes that the configuration speaks of; an error if the blob itself
    /// is damaged. Each is hashed once for as long as this store lives.
    private func isSound(_ layer: ImageLayer) throws(ImageError) -> Bool {
        let (blob, tar) = (layer.descriptor.digest, layer.diffID)
        if !verified.withLock({ $0.blobs.contains(blob) }) {
            try layout.verify(layer.descriptor)
            verified.withLock { _ = $0.blobs.insert(blob) }
        }
        if blob == tar || verified.withLock({ $0.tars.contains(tar) }) { return true }
        do throws(StreamError) {
            var hasher = SHA256Hasher()
            var source = RangeSource(try ReadableFile(path: tarPath(tar)))
            try source.copy(to: &hasher)
            guard hasher.finalize() == tar else { return false }
        } catch {
            // Unreadable is damaged, too.
            return false
        }
        verified.withLock { _ = $0.tars.insert(tar) }
        return true
    }

    /// True if the index can be had before the layer is verified: its contents can't.
    private func isBegun(_ layer: ImageLayer) -> Bool {
        check(of: layer.diffID)?.layer.descriptor.digest == layer.descriptor.digest
    }

    func isVerified(_ layer: ImageLayer) -> Bool {
        verified.withLock {
            $0.blobs.contains(layer.descriptor.digest)
                && (layer.descriptor.digest == layer.diffID || $0.tars.contains(layer.diffID))
        }
    }

    /// True if `layer` was imported, regardless of the current state of its derived data.
    func isIndexed(_ layer: ImageLayer) throws(ImageError) -> Bool {
        _ = try layout.openBlob(layer.descriptor)
        return loadedIndex(layer) != nil
    }

    /// Verifies what `begin` left for later.
    func verify(_ layer: ImageLayer) throws(ImageError) {
        if !(try isSound(layer)) { try derive(layer) }
    }

    private func check(of diffID: SHA256Digest) -> LayerCheck? {
        checks.withLock { $0.first { $0.layer.diffID == diffID } }
    }

    func add(_ checks: [LayerCheck]) { self.checks.withLock { $0 += checks } }

    var begunChecks: [LayerCheck] { checks.withLock { $0 } }

    /// The layer of this diff ID, if its index was requested, or else the blob of this digest, or the file with holes
    /// whose contents have it. Waits while the layer is being verified.
    public func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        if let file = sparseFiles.withLock({ $0[digest] }) { return file.contents(in: try open(file.diffID)) }
        if let known = opened.withLock({ $0[digest] }) { return known }
        do throws(ImageError) { try check(of: digest)?.wait() } catch {
            throw .corrupt(what: "layer \(digest.oci)", offset: 0, reason: "\(error)")
        }
        let isDerived = verified.withLock { $0.tars.contains(digest) }
        let file = try ReadableFile(path: isDerived ? tarPath(digest) : layout.blobPath(digest))
        opened.withLock { $0[digest] = file }
        return file
    }

    /// The index, if it, its tar, and the proof that the blob contains this tar exist.
    private func loadedIndex(_ layer: ImageLayer) -> LayerIndex? {
        do {
            let marker = try Self.contents(markerPath(layer.descriptor.digest), limit: 64)
            guard marker == Array(layer.diffID.hex.utf8) else { return nil }
            let bytes = try Self.contents(indexPath(layer.diffID), limit: LayerIndexFormat.limit + 64)
            guard let index = LayerIndex(bytes: bytes, diffID: layer.diffID) else { return nil }
            // A blob that is a tar itself is its own derived layer.
            if layer.descriptor.digest == layer.diffID { return index }
            let tar = try ReadableFile(path: tarPath(layer.diffID))
            return tar.count == index.tarLength ? index : nil
        } catch {
            // Missing or unreadable: rebuilt, and obstacles are reported then.
            return nil
        }
    }

    private static func contents(_ path: String, limit: Int) throws(StreamError) -> [UInt8] {
        let file = try ReadableFile(path: path)
        return try file.bytes(at: 0, length: Int(min(file.count, UInt64(limit))), of: path)
    }

    private func tarPath(_ diffID: SHA256Digest) -> String { "\(directory)/layers/\(diffID.hex)" }
    private func indexPath(_ diffID: SHA256Digest) -> String { "\(directory)/layers/\(diffID.hex).index" }
    private func markerPath(_ blob: SHA256Digest) -> String { "\(directory)/blobs/\(blob.hex)" }
}

/// What has been hashed and found right.
private struct Verified {
    var blobs: Set<SHA256Digest> = []
    /// Diff IDs of derived tars.
    var tars: Set<SHA256Digest> = []
}

/// Open files by digest, the oldest forgotten first so that descriptors do not run out.
private struct OpenedFiles {
    private static let limit = 256
    private var files: [SHA256Digest: ReadableFile] = [:]
    private var order: [SHA256Digest] = []

    mutating func forget(_ digest: SHA256Digest) {
        files[digest] = nil
        order.removeAll { $0 == digest }
    }

    subscript(digest: SHA256Digest) -> ReadableFile? {
        get { files[digest] }
        set {
            if files[digest] == nil { order.append(digest) }
            files[digest] = newValue
            if order.count > Self.limit { files[order.removeFirst()] = nil }
        }
    }
}
