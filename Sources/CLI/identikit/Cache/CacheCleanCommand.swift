import ArgumentParser
import OCI

struct CacheCleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove all images and all derived data from the cache.",
        discussion: """
            With --unused the images stay: blobs that no name leads to are removed, decompressed layers of images \
            that are gone, and what killed processes left half written. Nothing is removed while a build, a pull or \
            an import uses the cache.

            Examples:
              \(Invocation.name) cache clean
              \(Invocation.name) cache clean --unused
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions

    @Flag(help: "Remove only what no name leads to, and keep the images.")
    var unused = false

    func run() throws {
        guard try ImageLayout.exists(at: cache.path) else {
            // Nothing is there but, perhaps, what was derived from other caches.
            _ = try ImageLayout(reading: cache.path)
            return global.reporter.note("nothing to remove: the cache \(cache.path) is empty")
        }
        let layout = try cache.writableLayout()
        guard let freed = try unused ? layout.collectGarbage() : layout.clear() else {
            throw Failure(
                "a build, a pull or an import is using the cache \(layout.path); run this again when it is done",
                .unavailable)
        }
        for line in CacheReport.lines(freed) { global.reporter.note(line) }
    }
}
