import ArgumentParser
import Building
import Bytes
import KitConfig
import Outputs

struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build a bootable OS image from YAML configuration files.",
        discussion: """
            Several files are appended to each other in order; - is standard input, http:// and https:// are \
            fetched. Images that the cache lacks are pulled from their registries. Image names may be written \
            @pkg:FOLDER (relative to the file): the package is looked up in the cache under its tag, and built \
            if it has a recipe, else pulled.

            Formats:
            \(formatTable)

            Examples:
              \(Invocation.name) build linuxkit.yml
              \(Invocation.name) build -f tar,kernel+initrd --dir out linuxkit.yml
              \(Invocation.name) build -f raw-efi --size 4G --efi-boot @pkg:packages/boot-efi linuxkit.yml
              \(Invocation.name) build -o - minimal.yml | tar t
              \(Invocation.name) build --dry-run base.yml debug.yml
              \(Invocation.name) build --offline linuxkit.yml     with what is in the cache, asking nobody
              \(Invocation.name) build https://example.org/linuxkit.yml
              \(Invocation.name) build --cache-from registry/team/cache --cache-to registry/team/cache linuxkit.yml
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var epoch: EpochOptions

    @Argument(help: ArgumentHelp("Configuration files, or - for standard input.", valueName: "file"))
    var files: [String]

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Formats to write, separated by commas. Default: kernel+initrd, with -o tar.",
            valueName: "formats"))
    var format: [String] = []

    @Option(help: "Base name of the files written. Default: that of the last configuration file.")
    var name: String?

    @Option(
        help: ArgumentHelp("Folder for the files written. Default: the current one.", valueName: "folder"))
    var dir: String?

    @Option(
        name: [.customShort("o"), .customLong("o")],
        help: ArgumentHelp("File for a single streamed output, or - for standard output.", valueName: "file"))
    var output: String?

    @Option(help: "Size of disk images, as 1024M or 2G. Default: as large as needed.")
    var size: String?

    @OptionGroup var boot: BootOptions

    @Option(help: "Architecture to build for: amd64, arm64 or riscv64. Default: that of this machine.")
    var arch: String?

    @Flag(help: "Write the kernel decompressed.")
    var decompressKernel = false

    @Option(
        help: ArgumentHelp(
            "An earlier tar output: what it has of unchanged parts is taken from it.", valueName: "file"))
    var inputTar: String?

    @Flag(help: "Leave out the merged bill of materials.")
    var noSbom = false

    @Option(help: ArgumentHelp("Where the bill of materials lies in the image.", valueName: "path"))
    var sbomOutput = "sbom.spdx.json"

    @Flag(help: "Stamp the current time into the bill of materials: no build is like another then.")
    var sbomCurrentTime = false

    @Flag(help: "Print the configuration that would be built, packages resolved, and stop.")
    var dryRun = false

    @OptionGroup var fetch: FetchOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var sharing: SharingOptions
    @OptionGroup var verification: ImagePolicyOptions

    @Flag(
        help:
            "Take images from the Docker or podman daemon (DOCKER_HOST) first; what it lacks comes as usual.")
    var docker = false

    @Flag(help: "Fail, instead of warning, when a format cannot represent something.")
    var strict = false

    @Flag(help: "Write equal files of containers separately instead of as hard links.")
    var noShare = false

    @Option(help: "Workers. Default: one for each processor. Outputs do not depend on it.")
    var jobs: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    private static var formatTable: String {
        Table(rows: OutputFormats.all.map { ["  \($0.name)", $0.summary] }).text()
    }

    func run() async throws {
        let reporter = global.reporter
        try fetch.check()
        try sharing.check(self)
        let request = try request()
        try await RegistryAccess.with(try registry.settings(reporter)) { access in
            let builder = Builder(try services(access), version: Version.text) {
                [events = BuildReporter(reporter: reporter, earlierOutput: inputTar)] in
                events.report($0)
            }
            if dryRun {
                let kit = try await builder.configuration(of: request)
                // LinuxKit prints a line more than the document.
                return try Output.write(ByteString(kit.yaml(.v3) + [UInt8(ascii: "\n")]))
            }
            let written = try await builder.build(request)
            reporter.clear()
            try report(written, reporter: reporter)
        }
    }

    private func report(_ written: [WrittenFile], reporter: Reporter) throws {
        let text = json ? ResultText.json(written) : ResultText.table(written)
        // Standard output may be the image.
        if written.contains(where: { $0.path == "-" }) { return reporter.note(text) }
        if json || !global.quiet { try Output.print(text) }
    }
}
