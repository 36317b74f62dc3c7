import ArgumentParser

/// Which images a build brings into the cache.
struct FetchOptions: ParsableArguments {
    @Flag(help: "Ask the registries for every image, also for those in the cache.")
    var pull = false

    @Flag(help: "Ask no registry: everything must be in the cache.")
    var offline = false

    /// Finds wrong values before any work is done.
    func check() throws {
        if pull, offline { throw Failure("--pull and --offline exclude each other", .usage) }
    }
}
