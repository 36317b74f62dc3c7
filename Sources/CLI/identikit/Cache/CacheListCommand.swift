import ArgumentParser
import Digests
import JSON
import OCI

struct CacheListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the images in the cache with their digests, sorted by name.",
        discussion: """
            Examples:
              \(Invocation.name) cache ls
              \(Invocation.name) cache ls --json
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let layout = try ImageLayout(reading: cache.path)
        let images = try layout.images().sorted {
            ($0.name, $0.descriptor.digest) < ($1.name, $1.descriptor.digest)
        }
        for name in try layout.ambiguousNames() { global.reporter.note("\(name)") }
        if json { return try Output.print(Self.json(images)) }
        let rows = images.map { [$0.name, $0.descriptor.digest.oci] }
        if !rows.isEmpty { try Output.print(Table(rows: [["IMAGE", "DIGEST"]] + rows).text()) }
    }

    private static func json(_ images: [(name: String, descriptor: Descriptor)]) -> JSONValue {
        let list = images.map { image -> JSONValue in
            [
                "name": .text(image.name), "digest": .text(image.descriptor.digest.oci),
                "mediaType": .text(image.descriptor.mediaType.rawValue),
                "size": .number(image.descriptor.size),
            ]
        }
        return ["images": .array(list)]
    }
}
