internal import Bytes
internal import Digests
internal import Host
internal import OCI

/// The name of the image that a package directory builds: LinuxKit's, content-addressed by the directory's sources.
public struct PackageTag: Equatable, Sendable, CustomStringConvertible {
    /// `org/image`
    public let name: String
    /// The hash of the sources, with its `-dirty-…` where the work tree differs from the commit.
    public let hash: String
    public let isDirty: Bool
    /// The template with the hash in it.
    public let tag: String

    /// `org/image:tag`
    public var description: String { "\(name):\(tag)" }

    /// `docker.io/org/image:tag`, as the cache has it.
    public var canonical: String {
        get throws { try ImageReference(description).description }
    }

    /// The tag of the package in the directory at `path`.
    public static func show(_ path: String, options: PackageOptions = PackageOptions()) throws -> PackageTag {
        try PackageTag(of: PackageDirectory(path, options: options), options: options)
    }

    public init(of directory: PackageDirectory, options: PackageOptions = PackageOptions()) throws {
        let sources = try SourceHash(directory: directory, options: options)
        hash = sources.hash
        isDirty = sources.isDirty
        let template = options.tag ?? directory.recipe.tag
        guard let tag = TagTemplate.expand(template, hash: hash) else {
            throw PackagingError.option(message: "--tag knows {{.Hash}} and nothing else, not \(template)")
        }
        self.tag = tag.isEmpty ? "latest" : tag
        name = "\(options.organisation ?? directory.recipe.organisation)/\(directory.recipe.image)"
    }
}

/// The hash of what a package is made from.
private struct SourceHash {
    let hash: String
    let isDirty: Bool

    init(directory: PackageDirectory, options: PackageOptions) throws {
        let hashed = try Self.hashedDirectory(directory, options)
        let git = try GitDirectory(hashed)
        let atHead = options.hashCommit == "HEAD"
        let dirty = try git.map { try atHead && (options.forceDirty || $0.isDirty()) } ?? false
        if let given = options.hash {
            hash = given
            isDirty = dirty
            return
        }
        guard let git else {
            hash = try Self.combined(
                GitTree.hash(directory: hashed, files: GitTree.files(below: hashed)), directory, options)
            isDirty = false
            return
        }
        var result = try Self.treeHash(git, options)
        result = try Self.combined(result, directory, options)
        if dirty {
            // LinuxKit looks at the package's files here, also when another directory is hashed.
            let content = try (GitDirectory(directory.path) ?? git).contentHash()
            result += "-dirty-\(content.prefix(7))"
        }
        hash = result
        isDirty = dirty
    }

    /// The commit's tree; for a directory that `HEAD` does not have yet, the tree it would be if committed now.
    private static func treeHash(_ git: GitDirectory, _ options: PackageOptions) throws -> String {
        if let hash = try git.treeHash(commit: options.hashCommit) { return hash }
        guard options.hashCommit == "HEAD" else {
            throw PackagingError.notInCommit(directory: git.path, commit: options.hashCommit)
        }
        return try GitTree.hash(directory: git.path, files: git.tracked() + git.untracked())
    }

    private static func hashedDirectory(_ directory: PackageDirectory, _ options: PackageOptions) throws
        -> String
    {
        guard let path = options.hashPath else { return directory.path }
        let resolved = try Directory.realPath(path)
        guard directory.path == resolved || directory.path.hasPrefix(resolved == "/" ? "/" : resolved + "/")
        else {
            throw PackagingError.option(
                message: "--hash-path \(path) is not above the package \(directory.path)")
        }
        return resolved
    }

    /// With extra sources: SHA-1 over the hexadecimal digits of the directory's hash and of each of theirs.
    private static func combined(
        _ hash: String, _ directory: PackageDirectory, _ options: PackageOptions
    ) throws -> String {
        guard !directory.recipe.extraSources.isEmpty else { return hash }
        var hasher = SHA1Hasher()
        hasher.update(Array(hash.utf8))
        for source in directory.recipe.extraSources {
            let path = source.path.hasPrefix("/") ? source.path : "\(directory.path)/\(source.path)"
            let resolved = try Directory.realPath(path)
            let tree =
                if let git = try GitDirectory(resolved) { try treeHash(git, options) } else {
                    try GitTree.hash(directory: resolved, files: GitTree.files(below: resolved))
                }
            hasher.update(Array(tree.utf8))
        }
        return Hexadecimal.encode(hasher.finalize())
    }
}
