import ArgumentParser
import JSON
import OCI

struct CacheUsageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "du",
        abstract: "Show the disk space used by cached images.",
        discussion: """
            OWN is the space that cache rm frees when it removes the image; SHARED is used by other images, too.

            Examples:
              \(Invocation.name) cache du
              \(Invocation.name) cache du --json
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions

    @Flag(help: "Print the result as JSON, with sizes in bytes.")
    var json = false

    func run() throws {
        let usage = try ImageLayout(reading: cache.path).usage()
        try Output.print(json ? Self.json(usage) : Self.text(usage))
    }

    private static func others(_ usage: LayoutUsage) -> [(key: String, title: String, bytes: UInt64)] {
        [
            ("images", "blobs of images", usage.namedBlobs),
            ("otherBlobs", "unnamed blobs", usage.otherBlobs),
            ("derivedLayers", "decompressed layers", usage.derivedLayers),
            ("derivedBlocks", "compressed blocks", usage.derivedBlocks),
            ("derivedOther", "for package builds", usage.derivedOther),
            ("partialDownloads", "partial downloads", usage.partialDownloads),
            ("leftovers", "half-written files of killed processes", usage.leftovers),
            ("total", "all", usage.total),
        ]
    }

    private static func text(_ usage: LayoutUsage) -> String {
        var rows = [["OWN", "SHARED", "IMAGE"]]
        for image in usage.images {
            rows.append([image.own.readableSize, image.shared.readableSize, image.name])
        }
        let totals = others(usage).filter { $0.bytes > 0 || $0.key == "total" }
            .map { [$0.bytes.readableSize, $0.title] }
        let images = usage.images.isEmpty ? "" : Table(rows: rows).text(alignedRight: [0, 1]) + "\n\n"
        return images + Table(rows: totals).text(alignedRight: [0])
    }

    private static func json(_ usage: LayoutUsage) -> String {
        let images = usage.images.map { image -> JSONValue in
            [
                "name": .text(image.name), "digest": .text(image.digest.oci), "own": .number(image.own),
                "shared": .number(image.shared),
            ]
        }
        var sizes = JSONObject()
        for other in others(usage) { sizes[other.key] = .number(other.bytes) }
        let result: JSONObject = ["images": .array(images), "bytes": .object(sizes)]
        return JSONValue.object(result).printed
    }
}
