internal import Bytes
internal import Digests
internal import Host
internal import OCI

/// The name of the image that a package folder builds: LinuxKit's, content-addressed by the folder's sources.
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

    /// The tag of the package in the folder at `path`.
    public static func show(_ path: String, options: PackageOptions = PackageOptions()) throws -> PackageTag {
        try PackageTag(of: PackageFolder(path, options: options), options: options)
    }

    public init(of folder: PackageFolder, options: PackageOptions = PackageOptions()) throws {
        let sources = try SourceHash(folder: folder, options: options)
        hash = sources.hash
        isDirty = sources.isDirty
        let template = options.tag ?? folder.recipe.tag
        guard let tag = TagTemplate.expand(template, hash: hash) else {
            throw PackagingError.option(message: "--tag knows {{.Hash}} and nothing else, not \(template)")
        }
        self.tag = tag.isEmpty ? "latest" : tag
        name = "\(options.organisation ?? folder.recipe.organisation)/\(folder.recipe.image)"
    }
}

/// The hash of what a package is made from.
private struct SourceHash {
    let hash: String
    let isDirty: Bool

    init(folder: PackageFolder, options: PackageOptions) throws {
        let hashed = try Self.hashedFolder(folder, options)
        let git = try GitFolder(hashed)
        let atHead = options.hashCommit == "HEAD"
        let dirty = try git.map { try atHead && (options.forceDirty || $0.isDirty()) } ?? false
        if let given = options.hash {
            hash = given
            isDirty = dirty
            return
        }
        guard let git else {
            hash = try Self.combined(
                GitTree.hash(folder: hashed, files: GitTree.files(below: hashed)), folder, options)
            isDirty = false
            return
        }
        var result = try Self.treeHash(git, options)
        result = try Self.combined(result, folder, options)
        if dirty {
            // LinuxKit looks at the package's files here, also when another folder is hashed.
            let content = try (GitFolder(folder.path) ?? git).contentHash()
            result += "-dirty-\(content.prefix(7))"
        }
        hash = result
        isDirty = dirty
    }

    /// The commit's tree; for a folder that `HEAD` does not have yet, the tree it would be if committed now.
    private static func treeHash(_ git: GitFolder, _ options: PackageOptions) throws -> String {
        if let hash = try git.treeHash(commit: options.hashCommit) { return hash }
        guard options.hashCommit == "HEAD" else {
            throw PackagingError.notInCommit(folder: git.path, commit: options.hashCommit)
        }
        return try GitTree.hash(folder: git.path, files: git.tracked() + git.untracked())
    }

    private static func hashedFolder(_ folder: PackageFolder, _ options: PackageOptions) throws -> String {
        guard let path = options.hashPath else { return folder.path }
        let resolved = try Folder.realPath(path)
        guard folder.path == resolved || folder.path.hasPrefix(resolved == "/" ? "/" : resolved + "/") else {
            throw PackagingError.option(
                message: "--hash-path \(path) is not above the package \(folder.path)")
        }
        return resolved
    }

    /// With extra sources: SHA-1 over the hexadecimal digits of the folder's hash and of each of theirs.
    private static func combined(
        _ hash: String, _ folder: PackageFolder, _ options: PackageOptions
    ) throws -> String {
        guard !folder.recipe.extraSources.isEmpty else { return hash }
        var hasher = SHA1Hasher()
        hasher.update(Array(hash.utf8))
        for source in folder.recipe.extraSources {
            let path = source.path.hasPrefix("/") ? source.path : "\(folder.path)/\(source.path)"
            let resolved = try Folder.realPath(path)
            let tree =
                if let git = try GitFolder(resolved) { try treeHash(git, options) } else {
                    try GitTree.hash(folder: resolved, files: GitTree.files(below: resolved))
                }
            hasher.update(Array(tree.utf8))
        }
        return Hexadecimal.encode(hasher.finalize())
    }
}
