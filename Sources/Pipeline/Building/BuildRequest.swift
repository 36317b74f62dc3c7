public import FileTree
public import OCI
public import Outputs

/// Everything that decides what a build makes and where it goes. A value: it can be printed, compared and recorded.
public struct BuildRequest: Sendable {
    /// Appended to each other in order.
    public var configuration: [ConfigurationSource]
    public var platform: Platform
    public var formats: [OutputFormat]
    public var destination: Destination
    /// The time and identity stamped on what is generated.
    public var stamp = BuildStamp()
    /// Where boot files come from; those of firmware that is not listed come from `BootFiles.defaultImage`.
    public var boot: [Firmware: BootOrigin] = [:]
    /// The software bill of materials in the image; nil for none.
    public var sbom: SBOMRequest? = SBOMRequest()
    /// The path of an earlier `tar` output, whose unchanged parts are used again.
    public var earlierOutput: String?
    /// What names stand for; nil for what caches and registries have now.
    public var lock: ImageLock?
    /// Fail if the lock was made for another configuration.
    public var requiresCurrentLock = false
    public var options = BuildOptions()

    public init(
        configuration: [ConfigurationSource], platform: Platform, formats: [OutputFormat],
        destination: Destination
    ) {
        self.configuration = configuration
        self.platform = platform
        self.formats = formats
        self.destination = destination
    }
}

/// One part of a configuration.
public enum ConfigurationSource: Hashable, Sendable {
    case file(String)
    case standardInput
    case url(String)
    /// A document at hand; the name is for errors, and `@pkg:` paths are relative to its directory.
    case text(name: String, [UInt8])
}

/// Where outputs go.
public enum Destination: Hashable, Sendable {
    /// `directory` (nil for the working directory) and `name`, to which formats append their suffixes.
    case files(directory: String?, name: String)
    /// One streamed output to this path; `-` is standard output.
    case stream(String)
}

extension Destination {
    /// Files in `directory`, named after a configuration file: its name without its last suffix.
    public static func files(directory: String?, namedAfter path: String) -> Destination {
        let name = path.split(separator: "/").last ?? ""
        return .files(directory: directory, name: String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)]))
    }
}

/// Where the programs that start a kernel come from.
public enum BootOrigin: Hashable, Sendable {
    case directory(String)
    /// The name of an image, as in a configuration.
    case image(String)
    /// A package directory, relative to the working directory.
    case package(String)
}

public struct SBOMRequest: Hashable, Sendable {
    /// In the image, without slashes at its ends.
    public var path = "sbom.spdx.json"
    /// When it says that it was made: nil for the stamp's time.
    public var created: Timestamp?

    public init() {}
}

public struct BuildOptions: Hashable, Sendable {
    /// Replace a compressed kernel by its payload.
    public var decompressKernel = false
    /// Make hard links of equal files below read-only trees.
    public var shareEqualFiles = true
    /// Fail, instead of warning, when a format cannot represent something.
    public var strict = false
    /// Bytes that disks are to have; nil for as large as needed.
    public var diskSize: UInt64?
    /// How initrds and squashfs are compressed; nil for the default of each format.
    public var compression: CompressionRequest?
    /// How squashfs is compressed; nil for `compression`.
    public var squashFSCompression: RootCompression?
    /// What `~/` means in a configuration's `source`.
    public var home = "/"
    /// Workers. It does not reach the outputs.
    public var jobs = 1

    public init() {}
}

extension BuildRequest {
    /// The directory and base name that suffixes are appended to.
    var base: String {
        switch destination {
        case .files(let directory?, let name):
            (directory.hasSuffix("/") ? directory : directory + "/") + name
        case .files(nil, let name): name
        case .stream(let path): path
        }
    }

    /// The file with `suffix`.
    func path(_ suffix: String) -> String {
        if case .stream(let path) = destination { return path }
        return base + suffix
    }

    /// The firmware that any of the formats starts under.
    var firmware: [Firmware] {
        [.bios, .efi, .raspberryPi].filter { firmware in
            formats.contains { $0.firmware.contains(firmware) }
        }
    }
}
