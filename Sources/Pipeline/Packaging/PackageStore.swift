internal import Bytes
internal import Digests
internal import Host
internal import JSON
internal import OCI
internal import Synchronization

/// What package builds keep in the cache's derived data: losing it loses time, nothing else.
final class PackageStore: Sendable {
    let derived: String
    private let aptVariables: [String: String]
    /// apt's directories whose lists were fetched by this process: once is enough.
    private let updated = Mutex<Set<String>>([])

    init(derived: String, aptVariables: [String: String] = [:]) {
        self.derived = derived
        self.aptVariables = aptVariables
    }

    var debs: String { "\(derived)/debs" }
    var unpacked: String { "\(derived)/unpacked" }
    var scratch: String { "\(derived)/archives" }

    /// apt's lists for a suite and architecture.
    func apt(_ request: PackageRequest) throws -> AptEnvironment {
        let suite = String(request.suite.map { $0 == "/" ? "_" : $0 })
        return try AptEnvironment(
            directory: "\(derived)/apt/\(suite)-\(request.architecture)", suite: request.suite,
            architecture: request.architecture, variables: aptVariables)
    }

    /// Fetches apt's lists, unless this process did.
    func update(_ apt: AptEnvironment) throws {
        if updated.withLock({ $0.contains(apt.directory) }) { return }
        try apt.update()
        updated.withLock { _ = $0.insert(apt.directory) }
    }

    /// Waits until nobody else that uses this cache writes a lock; so long as the value lives, nobody does.
    func writingLocks() throws -> FileLock {
        try Directory.create(derived)
        return try FileLock(path: "\(derived)/.locking")
    }

    private func note(_ key: SHA256Digest) -> String { "\(derived)/packages/\(key.hex).json" }

    /// Remembers what was built from `key`.
    func remember(_ manifest: Descriptor, for key: SHA256Digest) throws {
        try Directory.create("\(derived)/packages")
        let note: JSONValue = [
            "digest": .text(manifest.digest.hex), "size": .number(manifest.size),
            "architecture": .text(manifest.platform?.architecture ?? ""),
        ]
        var file = try AtomicFile(path: self.note(key))
        try file.write(note.encoded(.compact))
        try file.commit()
    }

    /// What was built from `key`, if all of it is still in `layout`.
    func manifest(_ key: SHA256Digest, in layout: ImageLayout) throws -> Descriptor? {
        guard try FileStatus.of(note(key)) != nil else { return nil }
        var source = RangeSource(try ReadableFile(path: note(key)))
        guard let note = try? JSONValue(parsing: source.readAll(limit: 1 << 16, of: "a note")),
            let digest = note["digest"]?.string.flatMap({ SHA256Digest(hex: $0) }),
            let size = note["size"]?.uint64, let architecture = note["architecture"]?.string
        else { return nil }
        let descriptor = Descriptor(
            mediaType: .imageManifest, digest: digest, size: size,
            platform: Platform(architecture: architecture))
        return isWhole(descriptor, in: layout) ? descriptor : nil
    }

    /// True if all of the manifest's blobs are in `layout`, undamaged.
    func isWhole(_ descriptor: Descriptor, in layout: ImageLayout) -> Bool {
        guard let document = try? layout.document(descriptor),
            let manifest = try? ImageManifest(parsing: document, document: "a manifest")
        else { return false }
        return ([manifest.configuration] + manifest.layers).allSatisfy { (try? layout.verify($0)) != nil }
    }
}
