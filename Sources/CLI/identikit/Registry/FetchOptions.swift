import ArgumentParser

/// The options for pulling images during a build.
struct FetchOptions: ParsableArguments {
    @Flag(help: "Look up every image in its registry, even if it is in the cache.")
    var pull = false

    @Flag(help: "Use no registry: all images must be in the cache.")
    var offline = false

    /// Rejects conflicting options before any work is done.
    func check() throws {
        if pull, offline { throw Failure("--pull cannot be used with --offline", .usage) }
    }
}
