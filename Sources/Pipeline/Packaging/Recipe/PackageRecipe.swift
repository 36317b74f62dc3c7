internal import Bytes
public import KitConfig

/// A package directory's `build.yml`: LinuxKit's fields and the recipe.
public struct PackageRecipe: Equatable, Sendable {
    public var image: String
    public var organisation: String
    /// A template in which `{{.Hash}}` stands for the hash of the sources.
    public var tag: String
    /// `amd64`, `arm64`, …, in the file's order.
    public var architectures: [String]
    public var extraSources: [ExtraSource] = []
    /// Only builds with a Dockerfile use it; shown when such a build is refused.
    public var dockerfile = "Dockerfile"
    /// The text of the label `org.mobyproject.config`, made from `config`.
    public var configLabel: String?
    public var contents: PackageContents?
    /// Where `contents` stands, for messages about it.
    public var position: SourceLocation

    /// `path:destination`: one more directory that the hash covers.
    public struct ExtraSource: Equatable, Sendable {
        public var path: String
        public var destination: String
    }

    /// The architectures that a package can be for, by Debian's and OCI's common names.
    public static let knownArchitectures = ["amd64", "arm64", "riscv64", "s390x", "ppc64le"]
    public static let defaultArchitectures = ["amd64", "arm64"]
}

/// The recipe's `contents:` section: what the image holds, and what it runs.
public struct PackageContents: Equatable, Sendable {
    public var suite: String?
    public var packages: [Package] = []
    public var resolvesDependencies = true
    public var excluded: [String] = []
    public var mergesUsr = true
    var keep: [Glob] = []
    var remove: [Glob] = []
    var directories: [Directory] = []
    var files: [File] = []
    var symlinks: [Symlink] = []
    var alternatives: [Alternative] = []
    /// Nil: no account files are made.
    var accounts: Accounts?
    var bundlesCertificates = false
    var moves: [Move] = []
    var generatesModuleIndex = false
    var archives: [Archive] = []
    var process = Process()

    public struct Package: Equatable, Sendable {
        public var name: String
        public var version: String?
        /// Empty: all.
        public var architectures: [String] = []
        public var position: SourceLocation
    }

    struct Owner: Equatable, Sendable {
        var uid: UInt32 = 0
        var gid: UInt32 = 0
    }

    struct Directory: Equatable, Sendable {
        var path: ByteString
        var mode: UInt16
        var owner: Owner
    }

    struct File: Equatable, Sendable {
        enum Origin: Equatable, Sendable {
            case text(String)
            /// A file or directory, relative to the package directory.
            case source(String)
        }
        var path: ByteString
        var origin: Origin
        /// Nil: from the source.
        var mode: UInt16?
        var owner: Owner
        var position: SourceLocation
    }

    struct Symlink: Equatable, Sendable {
        var path: ByteString
        var target: ByteString
        var owner: Owner
    }

    struct Alternative: Equatable, Sendable {
        var name: ByteString
        var link: ByteString
        var target: ByteString
    }

    struct Accounts: Equatable, Sendable {
        var users: [User] = []
        var groups: [Group] = []
    }

    struct User: Equatable, Sendable {
        var name: String
        var uid: UInt32
        var gid: UInt32
        var comment: String
        var home: String
        var shell: String
    }

    struct Group: Equatable, Sendable {
        var name: String
        var gid: UInt32
        var members: [String]
    }

    struct Move: Equatable, Sendable {
        var from: Glob
        var to: ByteString
        var position: SourceLocation
    }

    struct Archive: Equatable, Sendable {
        var path: ByteString
        var from: [Glob]
        var position: SourceLocation
    }

    /// What the image runs (OCI image configuration, "config").
    struct Process: Equatable, Sendable {
        var entrypoint: [String] = []
        var command: [String] = []
        var environment: [String] = []
        var workingDirectory = "/"
        var user = ""
    }
}
