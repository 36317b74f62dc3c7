import ArgumentParser
import OCI

struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Look at the image cache, and put images into it, take them out and remove them.",
        discussion: """
            The cache is an OCI image layout; LinuxKit, skopeo and umoci read it, and theirs can be used as one.

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
    /// For what must be put into a cache that cannot be written, or taken out of it.
    init(unwritable layout: ImageLayout, because reason: String = "") {
        self.init(unwritable: layout.path, because: reason)
    }

    init(unwritable path: String, because reason: String) {
        self.init(
            "the cache \(path) \(reason)cannot be written; give another with --cache, or ask its owner",
            .cannotCreate)
    }
}
