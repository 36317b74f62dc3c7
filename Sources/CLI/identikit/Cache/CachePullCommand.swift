import ArgumentParser
import Building
import Digests
import JSON
import OCI
import Registry

struct CachePullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Pull images from their registries into the cache.",
        discussion: """
            Blobs that are already in the cache are not fetched again, and interrupted downloads are resumed. \
            Logins are read from the files of docker and skopeo: ~/.docker/config.json, $REGISTRY_AUTH_FILE.

            Examples:
              \(Invocation.name) cache pull linuxkit/init:v1.1
              \(Invocation.name) cache pull --platform linux/amd64 nginx:alpine redis
              \(Invocation.name) cache pull --verify-images cosign.pub acme/app:1
              \(Invocation.name) cache pull --mirror docker.io=http://localhost:5000 nginx
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var verification: ImagePolicyOptions

    @Argument(help: ArgumentHelp("Images, by tag or digest.", valueName: "image"))
    var names: [String]

    @Option(
        help: ArgumentHelp(
            "Platforms to pull, separated by commas. Default: all platforms of the image.",
            valueName: "platforms"))
    var platform: [String] = []

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let reporter = global.reporter
        let policy = try verification.policy()
        let platforms = try Platform.list(platform, option: "--platform")
        let requests = try names.map { name -> ImagePuller.Request in
            // As LinuxKit does: an image pulled without a tag is stored as latest.
            ImagePuller.Request(try ImageReference(name).withDefaultTag, platforms: platforms)
        }
        let settings = try registry.settings(reporter)
        let layout = try cache.layout()
        // Half-written files of killed processes are removed; parts of blobs stay, and their downloads are resumed.
        // A cache that cannot be written may already have all of the images.
        if layout.isWritable { try layout.sweep() }
        let result = try await RegistryAccess.with(settings) { access in
            var puller = ImagePuller(client: try await access.client(), layout: layout)
            puller.options.verifiesPresent = true
            puller.options.onProgress = { reporter.amount($0.line) }
            if let policy {
                puller.options.approve = try ImageVerification(
                    policy, cache: cache.imageCache, isOffline: false, access: access,
                    onNote: { reporter.note($0) }
                ).approve
            }
            return try await puller.pull(requests)
        }
        reporter.clear()
        try NamedDigests(rows: result.images.map { ($0.reference.description, $0.root.digest) })
            .print(json: json, quiet: global.quiet)
        reporter.note(result.progress.summary)
    }
}

extension Platform {
    /// Parses the values of an option that accepts several platforms, separated by commas.
    static func list(_ values: [String], option: String) throws -> [Platform] {
        try values.flatMap { $0.split(separator: ",") }.map { text in
            guard let platform = Platform(String(text)) else {
                throw Failure("\(option) \(text): not a platform; write e.g. linux/amd64", .usage)
            }
            return platform
        }
    }
}
