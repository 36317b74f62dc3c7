import ArgumentParser
import Bytes
import Host
import OCI

struct CacheExportCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case oci, docker, filesystem }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write an image from the cache to an archive.",
        discussion: """
            Formats:
              oci         an OCI image layout in a tar: all platforms, or those requested
              docker      for docker load: one platform, layers uncompressed
              filesystem  the files of the image in one tar: one platform
            Every blob is checked while it is written. The same image always gives the same bytes.

            Examples:
              \(Invocation.name) cache export --outfile redis.tar redis:7
              \(Invocation.name) cache export --format docker --outfile - redis:7 | docker load
              \(Invocation.name) cache export --format filesystem --platform linux/arm64 --outfile root.tar redis:7
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions

    @Option(help: "Format of the archive: oci, docker or filesystem.")
    var format = Format.oci

    @Option(help: ArgumentHelp("File for the archive, or - for standard output.", valueName: "file"))
    var outfile: String

    @Option(
        help: ArgumentHelp(
            "Platforms, separated by commas, such as linux/arm64. Default: all for oci, this machine's for the others.",
            valueName: "platforms"))
    var platform: [String] = []

    @Option(help: "Architecture: --arch arm64 means --platform linux/arm64.")
    var arch: String?

    @Option(help: "Name of the image in the archive. Default: its name in the cache.")
    var name: String?

    @Argument(help: ArgumentHelp("Name of the image.", valueName: "name"))
    var image: String

    func run() throws {
        if format == .filesystem, name != nil {
            throw Failure("--name cannot be used with --format filesystem, which holds no image name", .usage)
        }
        let reference = try ImageReference(image)
        let export = Export(
            reference: reference, format: format, platforms: try platforms(),
            name: try name.map { try ImageReference($0) }, cache: cache,
            note: global.reporter.note)
        if outfile == "-" {
            if HostEnvironment.isTerminal(1) {
                throw Failure(
                    "refusing to write the archive to a terminal; pass a file with --outfile", .usage)
            }
            return _ = try export.write(to: DescriptorSink.standardOutput)
        }
        switch try FileStatus.following(outfile)?.kind {
        case .directory: throw Failure("--outfile \(outfile) is a directory; pass a file", .cannotCreate)
        case .other: _ = try export.write(to: SpecialFileSink(path: outfile))
        default: try export.write(to: AtomicFile(path: outfile)).commit()
        }
    }

    private func platforms() throws -> [Platform] {
        if arch != nil, !platform.isEmpty {
            throw Failure("--arch cannot be used with --platform", .usage)
        }
        let chosen = try Platform.list(arch.map { ["linux/\($0)"] } ?? platform, option: "--platform")
        if format != .oci, chosen.count > 1 {
            throw Failure(
                "--format \(format.rawValue) holds only one platform; pass one with --platform", .usage)
        }
        if format == .oci || !chosen.isEmpty { return chosen }
        return [Platform(machine: HostEnvironment.machine)]
    }
}

/// An export checked as a whole before anything is written.
private struct Export {
    let reference: ImageReference
    let format: CacheExportCommand.Format
    let platforms: [Platform]
    let name: ImageReference?
    let cache: CacheOptions
    let note: (String) -> Void

    func write<Sink: ByteSink & ~Copyable>(to sink: consuming Sink) throws -> Sink {
        let layout = try ImageLayout(reading: cache.path)
        let store = LayerStore(
            layout: layout,
            directory: LayerStore.derivedDirectory(of: layout, cacheDirectory: CacheOptions.userCache))
        if format == .oci {
            return try layout.exportOCI(reference, platforms: platforms, name: name, report: note, to: sink)
        }
        let image = try layout.image(reference, platform: platforms[0])
        if format == .filesystem { return try store.exportFileSystem(of: image, to: sink) }
        return try store.exportDocker(image, names: [name ?? reference], to: sink)
    }
}
