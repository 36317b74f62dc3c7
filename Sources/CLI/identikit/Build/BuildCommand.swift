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
            Several files are merged in order; - is standard input, and http:// and https:// URLs are fetched. \
            Images that are not in the cache are pulled from their registries. An image can be written as \
            @pkg:DIRECTORY (relative to the file): the package is looked up in the cache by its tag, and if it \
            is missing, built if it has a recipe, or pulled otherwise.

            Formats:
            \(formatTable)

            Examples:
              \(Invocation.name) build linuxkit.yml
              \(Invocation.name) build -f tar,kernel+initrd --dir out linuxkit.yml
              \(Invocation.name) build -f raw-efi --size 4G --efi-boot @pkg:packages/boot-efi linuxkit.yml
              \(Invocation.name) build -o - minimal.yml | tar t
              \(Invocation.name) build --dry-run base.yml debug.yml
              \(Invocation.name) build --offline linuxkit.yml     only with what is in the cache
              \(Invocation.name) build --locked linuxkit.yml      only with the images in linuxkit.lock.json
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
            "Formats to write, separated by commas. Default: kernel+initrd, or tar with -o.",
            valueName: "formats"))
    var format: [String] = []

    @Option(help: "Base name of the output files. Default: the base name of the last configuration file.")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Directory for the output files. Default: the current one.", valueName: "directory"))
    var dir: String?

    @Option(
        name: [.customShort("o"), .customLong("o")],
        help: ArgumentHelp("File for a single streamed output, or - for standard output.", valueName: "file"))
    var output: String?

    @Option(help: "Size of disk images, such as 1024M or 2G. Default: as large as needed.")
    var size: String?

    @OptionGroup var boot: BootOptions
    @OptionGroup var compression: CompressionOptions
    @OptionGroup var lock: LockOptions

    @Option(help: "Architecture to build for: amd64, arm64 or riscv64. Default: this machine's.")
    var arch: String?

    @Flag(help: "Write the kernel decompressed.")
    var decompressKernel = false

    @Option(
        help: ArgumentHelp(
            "Reuse unchanged parts from an earlier tar output.", valueName: "file"))
    var inputTar: String?

    @Flag(help: "Do not write the merged bill of materials.")
    var noSbom = false

    @Option(help: ArgumentHelp("Path of the bill of materials in the image.", valueName: "path"))
    var sbomOutput = "sbom.spdx.json"

    @Flag(help: "Stamp the current time into the bill of materials (makes the output non-reproducible).")
    var sbomCurrentTime = false

    @Flag(help: "Print the configuration with packages resolved, without building it.")
    var dryRun = false

    @OptionGroup var fetch: FetchOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var sharing: SharingOptions
    @OptionGroup var verification: ImagePolicyOptions

    @Flag(
        help:
            "Look in the Docker or Podman daemon (DOCKER_HOST) first; pull the rest as usual.")
    var docker = false

    @Flag(help: "Fail, instead of warning, when a format cannot represent something.")
    var strict = false

    @Flag(help: "Write equal files of containers separately instead of as hard links.")
    var noShare = false

    @Option(help: "Number of workers; does not affect the outputs. Default: one per processor.")
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "How to report progress on standard error: text, or json for a JSON object per line. Errors are text.",
            valueName: "form"))
    var progress = ProgressForm.text

    @Flag(help: "Print the result as JSON.")
    var json = false

    private static var formatTable: String {
        Table(rows: OutputFormats.all.map { ["  \($0.name)", $0.summary] }).text()
    }

    func run() async throws {
        let reporter = Reporter(level: global.level, isJSON: progress == .json)
        try fetch.check()
        try sharing.check(self)
        let request = try request()
        try await RegistryAccess.with(try registry.settings(reporter)) { access in
            let builder = Builder(try services(access), version: Version.text) {
                [events = BuildReporter(reporter: reporter, earlierOutput: inputTar)] in
                events.report($0)
            }
            if dryRun {
                let kit = try await lock.explaining(files) { try await builder.configuration(of: request) }
                // LinuxKit prints one more line end than the document has.
                return try Output.write(ByteString(kit.yaml(.v3) + [UInt8(ascii: "\n")]))
            }
            let written = try await lock.explaining(files) { try await builder.build(request) }
            reporter.clear()
            try report(written, reporter: reporter)
        }
    }

    private func report(_ written: [WrittenFile], reporter: Reporter) throws {
        let text = json ? ResultText.json(written) : ResultText.table(written)
        // Standard output may be the image.
        if written.contains(where: { $0.path == "-" }) {
            return reporter.isJSON ? reporter.event(ResultText.object(written)) : reporter.note(text)
        }
        if json || !global.quiet { try Output.print(text) }
    }
}

/// How a build reports its progress.
enum ProgressForm: String, ExpressibleByArgument {
    case text, json
}
