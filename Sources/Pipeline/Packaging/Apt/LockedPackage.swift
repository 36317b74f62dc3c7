public import Digests

/// One .deb that a lock pins.
public struct LockedPackage: Hashable, Sendable {
    public var name: String
    public var version: String
    /// `all` for those that every architecture shares.
    public var architecture: String
    /// Where the archive has it, relative to the mirror: `pool/main/r/redis/….deb`.
    public var file: String
    /// Bytes of the .deb.
    public var size: UInt64
    /// SHA-256 of the .deb.
    public var digest: SHA256Digest

    public init(
        name: String, version: String, architecture: String, file: String, size: UInt64, digest: SHA256Digest
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.file = file
        self.size = size
        self.digest = digest
    }

    /// `name=version`, as apt takes it.
    var specification: String { "\(name)=\(version)" }
}

/// What a recipe asks apt for, for one architecture. A lock remembers it and serves no other request.
struct PackageRequest: Hashable, Sendable {
    var suite: String
    var architecture: String
    /// `name` or `name=version`, in the recipe's order.
    var packages: [String]
    /// Sorted.
    var excluded: [String]
    var resolvesDependencies: Bool

    init(
        suite: String, architecture: String, packages: [String], excluded: [String],
        resolvesDependencies: Bool
    ) {
        self.suite = suite
        self.architecture = architecture
        self.packages = packages
        self.excluded = excluded
        self.resolvesDependencies = resolvesDependencies
    }

    /// Nil if the recipe wants no Debian package for `architecture`.
    init?(_ contents: PackageContents, architecture: String) {
        let wanted = contents.packages.filter {
            $0.architectures.isEmpty || $0.architectures.contains(architecture)
        }
        guard let suite = contents.suite, !wanted.isEmpty else { return nil }
        self.init(
            suite: suite, architecture: architecture,
            packages: wanted.map { package in package.name + (package.version.map { "=\($0)" } ?? "") },
            excluded: Set(contents.excluded).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            resolvesDependencies: contents.resolvesDependencies)
    }
}
