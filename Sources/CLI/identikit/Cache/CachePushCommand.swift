import ArgumentParser
import Building
import Digests
import JSON
import OCI
import Registry

struct CachePushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Bring images from the cache into their registries.",
        discussion: """
            What the registry has already is not sent again.

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
            "Name every platform of an index as well, by its tag with the architecture after it.",
            discussion: "image:1 has image:1-amd64 and image:1-arm64 beside it."))
    var withArchTags = false

    @Flag(help: "Replace what has the name in the registry: it always is here, LinuxKit asks for this.")
    var override = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if remoteName != nil, names.count != 1 {
            throw ValidationError("--remote-name is for one image; push them one by one")
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
            throw Failure("\(destination): give the tag that \(source) is to have there", .usage)
        }
        var pushed: [(name: String, digest: SHA256Digest)] = []
        try await RegistryAccess.with(try registry.settings(reporter)) { access in
            var pusher = ImagePusher(client: try await access.client(), layout: layout)
            pusher.onProgress = { reporter.progress("pushing \($0)") }
            // Nothing is sent before it is known that all can be.
            var plans: [PushPlan] = []
            for (source, destination) in work {
                reporter.progress("asking what \(destination) needs")
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
