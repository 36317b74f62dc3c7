import ArgumentParser
import OCI

struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "List, check, import, export, pull, push and remove images in the image cache.",
        discussion: """
            The cache is an OCI image layout: LinuxKit, skopeo and umoci can read it, and their layouts can be used \
            as a cache.

            Examples:
              \(Invocation.name) cache ls
              \(Invocation.name) cache pull linuxkit/init:8a7b6cdb89197dc94eb6db69ef9dc90b750db598
              \(Invocation.name) cache import image.tar
              \(Invocation.name) cache export --format docker --outfile - redis:7 | docker load
              \(Invocation.name) cache verify
            """,
        subcommands: [
            CacheListCommand.self, CachePullCommand.self, CachePushCommand.self, CacheImportCommand.self,
            CacheExportCommand.self, CacheRemoveCommand.self, CacheCleanCommand.self, CacheUsageCommand.self,
            CacheVerifyCommand.self,
        ])
}

extension CacheOptions {
    /// The layout, for a command that changes it.
    func writableLayout() throws -> ImageLayout {
        let layout = try layout()
        guard layout.isWritable else { throw Failure(unwritable: layout) }
        return layout
    }
}

extension Failure {
    /// The error for changing a cache that cannot be written.
    init(unwritable layout: ImageLayout, because reason: String = "") {
        self.init(unwritable: layout.path, because: reason)
    }

    init(unwritable path: String, because reason: String) {
        self.init(
            "the cache \(path) \(reason)cannot be written; choose another with --cache, or ask its owner",
            .cannotCreate)
    }
}
