import ArgumentParser
import OCI

struct CacheRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove images from the cache, with all data that no other image needs.",
        discussion: """
            Unnamed blobs and the data derived from them are removed, too. While a build or a pull uses the cache, \
            only the names are removed; the next rm or clean frees the space.

            Examples:
              \(Invocation.name) cache rm redis:7
              \(Invocation.name) cache rm linuxkit/init:old linuxkit/runc:old
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var registry: RegistryOptions

    @Flag(help: "Remove only images that are in their registries with the same digest.")
    var publishedOnly = false

    @Argument(help: ArgumentHelp("Names of images.", valueName: "name"))
    var names: [String]

    func run() async throws {
        let references = try names.map { try ImageReference($0) }
        try check(references)
        let layout = try cache.writableLayout()
        let reporter = global.reporter
        let removed =
            try publishedOnly
            ? await registry.removePublished(references, from: layout, reporter)
            : references.flatMap { try layout.remove($0) }
        for name in removed { reporter.note("removed \(name)") }
        CacheReport.freed(try layout.collectGarbage(), reporter)
    }

    /// Checks that all of the images exist, so that all or none are removed. Does not create a missing cache.
    private func check(_ references: [ImageReference]) throws {
        let layout = try ImageLayout(reading: cache.path)
        for reference in references { _ = try layout.names(of: reference) }
    }
}

/// Texts that describe what a removal freed.
enum CacheReport {
    static func freed(_ freed: FreedSpace?, _ reporter: Reporter) {
        guard let freed else {
            return reporter.warning(
                "a build, a pull or an import is using the cache; run cache clean --unused later to free the space"
            )
        }
        for line in lines(freed) { reporter.note(line) }
    }

    static func lines(_ freed: FreedSpace) -> [String] {
        var parts = [
            "\(freed.blobs) \(freed.blobs == 1 ? "blob" : "blobs") (\(freed.blobBytes.readableSize))"
        ]
        if freed.derivedBytes > 0 { parts.append("derived data (\(freed.derivedBytes.readableSize))") }
        if freed.leftovers > 0 {
            parts.append("\(freed.leftovers) half-written files (\(freed.leftoverBytes.readableSize))")
        }
        return ["freed \(freed.bytes.readableSize): " + parts.joined(separator: ", ")]
    }
}
