import ArgumentParser
import Building
import Digests
import JSON
import OCI
import Registry

struct CachePushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push images from the cache to their registries.",
        discussion: """
            Blobs that are already in the registry are not sent again.

            Examples:
              \(Invocation.name) cache push example.org/team/redis:v1
              \(Invocation.name) cache push --remote-name localhost:5000/redis:try example.org/team/redis:v1
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var registry: RegistryOptions

    @Argument(help: ArgumentHelp("Images in the cache.", valueName: "image"))
    var names: [String]

    @Option(help: ArgumentHelp("Push one image under another name.", valueName: "name"))
    var remoteName: String?

    @Flag(
        help: ArgumentHelp(
            "Also tag every platform of an index, with the architecture appended to the tag.",
            discussion: "For example, image:1-amd64 and image:1-arm64 are pushed along with image:1."))
    var withArchTags = false

    @Flag(help: "Accepted for LinuxKit: an existing tag in the registry is always replaced.")
    var override = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if remoteName != nil, names.count != 1 {
            throw ValidationError("--remote-name can be used with one image only; push them one by one")
        }
    }

    func run() async throws {
        let reporter = global.reporter
        let layout = try ImageLayout(reading: cache.path)
        let work = try names.map { name in
            let source = try ImageReference(name)
            return (source: source, destination: try remoteName.map { try ImageReference($0) } ?? source)
        }
        for (source, _) in work { _ = try layout.descriptor(of: source) }
        for (source, destination) in work where destination.tag == nil && destination.digest == nil {
            throw Failure("\(destination): missing tag for \(source); write e.g. \(destination):1", .usage)
        }
        var pushed: [(name: String, digest: SHA256Digest)] = []
        try await RegistryAccess.with(try registry.settings(reporter)) { access in
            var pusher = ImagePusher(client: try await access.client(), layout: layout)
            pusher.onProgress = { reporter.progress("pushing \($0)") }
            // Check that everything can be sent before sending anything.
            var plans: [PushPlan] = []
            for (source, destination) in work {
                reporter.progress("checking what to send to \(destination)")
                let plan = try await pusher.plan(source, as: destination)
                for line in plan.remarks { reporter.note(line) }
                plans.append(plan)
            }
            for plan in plans {
                let descriptor = try await pusher.push(plan)
                pushed.append((plan.destination.description, descriptor.digest))
                if withArchTags { pushed += try await pusher.pushArchitectures(of: plan) }
            }
        }
        reporter.clear()
        try NamedDigests(rows: pushed).print(json: json, quiet: global.quiet)
    }
}
