import ArgumentParser
import OCI

struct CacheCleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove all images and all derived data from the cache.",
        discussion: """
            With --unused the images are kept; unnamed blobs, decompressed layers of removed images, half-written \
            files of killed processes and parts of interrupted downloads are removed. Nothing is removed while a \
            build, a pull or an import uses the cache.

            Examples:
              \(Invocation.name) cache clean
              \(Invocation.name) cache clean --unused
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var registry: RegistryOptions

    @Flag(help: "Remove only data that belongs to no named image.")
    var unused = false

    @Flag(
        help:
            "Remove only images that are in their registries with the same digest, and data used only by them."
    )
    var publishedOnly = false

    func validate() throws {
        if unused, publishedOnly { throw ValidationError("--unused cannot be used with --published-only") }
    }

    func run() async throws {
        guard try ImageLayout.exists(at: cache.path) else {
            // The user's derived data may still exist, from other caches.
            _ = try ImageLayout(reading: cache.path)
            return global.reporter.note("nothing to remove: the cache \(cache.path) is empty")
        }
        let layout = try cache.writableLayout()
        if publishedOnly {
            let names = try layout.images().compactMap { try? ImageReference($0.name) }
            for removed in try await registry.removePublished(names, from: layout, global.reporter) {
                global.reporter.note("removed \(removed)")
            }
        }
        guard
            let freed = try unused || publishedOnly
                ? layout.collectGarbage(removingParts: true) : layout.clear()
        else {
            throw Failure(
                "a build, a pull or an import is using the cache \(layout.path); run this again when it is done",
                .unavailable)
        }
        for line in CacheReport.lines(freed) { global.reporter.note(line) }
    }
}
