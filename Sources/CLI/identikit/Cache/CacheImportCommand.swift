import ArgumentParser
import Bytes
import Host
import JSON
import OCI

struct CacheImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import images from archives or directories into the cache.",
        discussion: """
            An archive is an OCI image layout in a tar, or a Docker archive (docker save), compressed or not; a \
            directory is an OCI image layout. Every blob is checked before it is stored, and an image gets its \
            name when it is complete.

            Examples:
              \(Invocation.name) cache import image.tar
              docker save redis:7 | \(Invocation.name) cache import -
              \(Invocation.name) cache import --name team/app:1 layout-of-umoci
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions

    @Option(help: "Name of the image in the cache. Default: its name in the archive.")
    var name: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Argument(help: ArgumentHelp("Archives or directories, or - for standard input.", valueName: "file"))
    var files: [String]

    func run() throws {
        // As with cache pull: an image without a tag is stored as latest, the tag that other tools look for.
        let name = try self.name.map { try ImageReference($0).withDefaultTag }
        if name != nil, files.count > 1 { throw Failure("--name can be used with one file only", .usage) }
        let layout = try cache.writableLayout()
        // First remove the half-written files of an import that was killed.
        try layout.sweep()
        var images: [ImportedImage] = []
        for file in files { images += try take(file, into: layout, name: name) }
        try NamedDigests(rows: images.map { ($0.name.description, $0.descriptor.digest) })
            .print(json: json, quiet: global.quiet)
    }

    private func take(
        _ file: String, into layout: ImageLayout, name: ImageReference?
    ) throws -> [ImportedImage] {
        let note = global.reporter.note
        if file == "-" {
            return try layout.importArchive(
                from: DescriptorSource.standardInput, archive: "standard input", name: name, report: note)
        }
        switch try FileStatus.following(file)?.kind {
        case .directory:
            return try layout.importLayout(try ImageLayout(opening: file), name: name, report: note)
        case .other:
            return try layout.importArchive(
                from: try SpecialFileSource(path: file), archive: file, name: name, report: note)
        default:
            return try layout.importArchive(
                from: RangeSource(try ReadableFile(path: file)), archive: file, name: name, report: note)
        }
    }
}
