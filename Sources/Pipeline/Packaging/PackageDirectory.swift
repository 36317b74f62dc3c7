internal import Bytes
internal import Host
internal import KitConfig

/// What the command line says about packages beyond their `build.yml`. The names are LinuxKit's flags.
public struct PackageOptions: Equatable, Sendable {
    /// `--build-yml`
    public var buildFile = "build.yml"
    /// `--org`
    public var organisation: String?
    /// `--tag`: a template in the place of the file's.
    public var tag: String?
    /// `--hash`: in the place of git's.
    public var hash: String?
    /// `--hash-commit`
    public var hashCommit = "HEAD"
    /// `--hash-path`: a directory above the package, to hash in its stead.
    public var hashPath: String?
    /// `--force-dirty`
    public var forceDirty = false

    public init() {}
}

/// A directory with a `build.yml` that was read.
public struct PackageDirectory: Equatable, Sendable {
    /// Absolute, links resolved.
    public let path: String
    public let buildFile: String
    public let recipe: PackageRecipe
    /// The file's bytes.
    let text: [UInt8]
    /// As it was given, for messages.
    let name: String

    /// Those of `paths` that may be package directories, and the plain files among them, which a pattern of the
    /// shell brings along. One that is named alone, or that is not there, is kept: reading it says what is wrong.
    public static func sort(_ paths: [String]) throws -> (directories: [String], files: [String]) {
        let files = try paths.filter { try FileStatus.following($0)?.kind == .regular }
        return files.count == paths.count ? (paths, []) : (paths.filter { !files.contains($0) }, files)
    }

    /// Reads `options.buildFile` in the directory at `path`.
    public init(_ path: String, options: PackageOptions = PackageOptions()) throws {
        guard let status = try FileStatus.of(path), status.kind != .regular else {
            throw PackagingError.noBuildFile(directory: path, file: options.buildFile)
        }
        let resolved = try Directory.realPath(path)
        let file = "\(resolved)/\(options.buildFile)"
        guard try FileStatus.of(file) != nil else {
            throw PackagingError.noBuildFile(directory: path, file: options.buildFile)
        }
        var source = RangeSource(try ReadableFile(path: file))
        text = try source.readAll(limit: 16 << 20, of: file)
        self.name = path
        // The path as given, so that the message names what the user typed.
        let name = path.hasSuffix("/") ? path + options.buildFile : "\(path)/\(options.buildFile)"
        recipe = try RecipeReader.read(
            KitSource(name: name, text: text),
            directoryName: String(
                resolved[resolved.index(after: resolved.lastIndex(of: "/") ?? resolved.startIndex)...])
        )
        self.path = resolved
        buildFile = options.buildFile
    }
}
