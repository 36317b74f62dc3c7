internal import Bytes
internal import Digests
public import FileTree
internal import Host
public import OCI

/// How packages are built.
public struct PackageBuildOptions: Sendable {
    public var package = PackageOptions()
    /// The architectures to build for; nil for all that the package is for.
    public var architectures: [String]?
    /// Architectures to leave out.
    public var skippedArchitectures: [String] = []
    /// Resolve the Debian packages again and update the lock.
    public var relock = false
    /// Resolve again when the mirror no longer has what the lock names.
    public var relockWhenGone = false
    /// Build although nothing has changed.
    public var force = false
    /// The time stamped on what has none, and the latest that anything has.
    public var epoch = BuildStamp().time
    /// Threads that compress; they change no byte.
    public var jobs = HostEnvironment.processorCount
    public var progress: @Sendable (PackageProgress) -> Void = { _ in }

    public init() {}
}

/// What came out of a build.
public struct BuiltPackage: Hashable, Sendable {
    /// The name in the cache: `docker.io/org/image:hash`.
    public let reference: ImageReference
    /// The index that the name stands for.
    public let index: Descriptor
    /// The manifests of this build, one an architecture, sorted.
    public let manifests: [Descriptor]
}

/// Builds package directories that have a recipe into images in the cache.
public struct PackageBuilder: Sendable {
    private let layout: ImageLayout
    let options: PackageBuildOptions
    private let store: PackageStore

    /// Builds into the layout at `cache`, which is made if nothing is there.
    public init(cache: String, options: PackageBuildOptions = PackageBuildOptions()) throws {
        try self.init(cache: cache, options: options, aptVariables: [:])
    }

    init(cache: String, options: PackageBuildOptions, aptVariables: [String: String]) throws {
        layout = try ImageLayout(creating: cache)
        self.options = options
        // apt reads relative paths as from the root.
        store = PackageStore(derived: "\(try Directory.realPath(cache))/derived", aptVariables: aptVariables)
    }

    /// Locks if there is no lock, builds what has changed, and names the result.
    public func build(_ path: String) throws -> BuiltPackage {
        do { return try build(path, relock: options.relock) } catch PackagingError.packageGone(
            let name, let version, _) where options.relockWhenGone && !options.relock
        {
            options.progress(.relocking(name: name, version: version))
            return try build(path, relock: true)
        }
    }

    private func build(_ path: String, relock: Bool) throws -> BuiltPackage {
        let directory = try PackageDirectory(path, options: options.package)
        let contents = try recipe(of: directory)
        let architectures = try chosenArchitectures(directory)
        let lock = try PackageLocker(directory: directory, store: store, progress: options.progress)
            .lock(contents, architectures: architectures, anew: relock)
        // The lock is part of the directory, so the tag comes after it.
        let tag = try PackageTag(of: directory, options: options.package)
        let reference = try ImageReference(tag.description)
        let manifests = try architectures.map { architecture in
            try image(directory, contents, lock, architecture, reference)
        }.sorted { Self.architecture($0) < Self.architecture($1) }
        let index = try name(manifests, reference)
        return BuiltPackage(reference: reference, index: index, manifests: manifests)
    }

    /// Resolves the Debian packages of the directory at `path` again and writes its lock.
    public func lock(_ path: String) throws {
        let directory = try PackageDirectory(path, options: options.package)
        _ = try PackageLocker(directory: directory, store: store, progress: options.progress)
            .lock(try recipe(of: directory), architectures: try chosenArchitectures(directory), anew: true)
    }

    private func recipe(of directory: PackageDirectory) throws -> PackageContents {
        guard let contents = directory.recipe.contents else {
            throw PackagingError.needsContainer(
                directory: directory.name, dockerfile: directory.recipe.dockerfile)
        }
        return contents
    }

    private func chosenArchitectures(_ directory: PackageDirectory) throws -> [String] {
        try options.chosenArchitectures(directory)
    }
}

extension PackageBuildOptions {
    /// Those of the package that were asked for.
    func chosenArchitectures(_ directory: PackageDirectory) throws -> [String] {
        let known = directory.recipe.architectures
        let chosen = chosen(among: known)
        guard !chosen.isEmpty else {
            throw PackagingError.noArchitecture(
                directory: directory.name, asked: architectures ?? [], known: known)
        }
        return chosen
    }

    /// Those of `known` that were asked for and not left out.
    func chosen(among known: [String]) -> [String] {
        known.filter { architectures?.contains($0) ?? true && !skippedArchitectures.contains($0) }
    }
}

// One image.
extension PackageBuilder {
    private func image(
        _ directory: PackageDirectory, _ contents: PackageContents, _ lock: PackageLock,
        _ architecture: String,
        _ reference: ImageReference
    ) throws -> Descriptor {
        let request = PackageRequest(contents, architecture: architecture)
        let packages = request.flatMap(lock.packages) ?? []
        let key = try BuildKey.digest(
            directory: directory, contents: contents, architecture: architecture, packages: packages,
            epoch: options.epoch)
        if !options.force, let known = try known(key, reference, architecture) {
            options.progress(.unchanged(reference: reference.description, architecture: architecture))
            return known.made(from: key)
        }
        let blobs = PackageBlobs()
        var tree = try debianTree(directory, contents, packages, request, blobs)
        tree = try RecipeSteps.run(
            on: tree, contents: contents, directory: directory, blobs: blobs, scratch: store.scratch)
        options.progress(.writing(reference: reference.description, architecture: architecture))
        let writer = ImageWriter(layout: layout, blobs: blobs, jobs: options.jobs)
        let manifest = try writer.write(
            tree, contents: contents, label: directory.recipe.configLabel,
            platform: Platform(architecture: architecture))
        let keyNow = try BuildKey.digest(
            directory: directory, contents: contents, architecture: architecture, packages: packages,
            epoch: options.epoch)
        guard key == keyNow else { throw PackagingError.changedWhileBuilding(directory: directory.name) }
        try store.remember(manifest, for: key)
        return manifest.made(from: key)
    }

    /// What was made from `key` already: here, or by another builder that filled the cache.
    private func known(
        _ key: SHA256Digest, _ reference: ImageReference, _ architecture: String
    ) throws -> Descriptor? {
        if let known = try store.manifest(key, in: layout) { return known }
        guard let manifest = PackageCurrency.manifest(key, of: reference, architecture, in: layout),
            store.isWhole(manifest, in: layout)
        else { return nil }
        return manifest
    }

    private func debianTree(
        _ directory: PackageDirectory, _ contents: PackageContents, _ packages: [LockedPackage],
        _ request: PackageRequest?, _ blobs: PackageBlobs
    ) throws -> PackageTree {
        var unpacker = DebianUnpacker(
            contents: contents, epoch: options.epoch, blobs: blobs,
            unpacked: UnpackedPackages(directory: store.unpacked))
        if let request, !packages.isEmpty {
            let ordered = DebianUnpacker.order(packages)
            let archive = DebianArchive(store: store, progress: options.progress)
            let files = try archive.fetch(ordered, for: directory.name) { try store.apt(request) }
            for (index, (file, package)) in zip(files, ordered).enumerated() {
                options.progress(.unpacking(name: package.name, index: index + 1, count: ordered.count))
                try unpacker.add(try DebianPackage(path: file, locked: package), digest: package.digest)
            }
        }
        return try unpacker.finish()
    }
}

// The index.
extension PackageBuilder {
    private static func architecture(_ manifest: Descriptor) -> ByteString {
        ByteString(manifest.platform?.architecture ?? "")
    }

    /// Makes `reference` name an index of `manifests` and of those for other platforms that it named before.
    private func name(_ manifests: [Descriptor], _ reference: ImageReference) throws -> Descriptor {
        let built = Set(manifests.map(Self.architecture))
        return try layout.updateIndex(of: reference) { known in
            (manifests + known.filter { !built.contains(Self.architecture($0)) })
                .sorted { Self.architecture($0) < Self.architecture($1) }
        }
    }
}
