import ArgumentParser
import Building
import Bytes
import Digests
import Host
import JSON
import Locking
import OCI
import Outputs

struct LockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Pin all images of a configuration by digest, so that later builds use the same.",
        discussion: """
            Writes FILE.lock.json beside the last configuration file: the digest of every image, per platform, those \
            with boot files and of @pkg: packages included, and of configuration files that are fetched. Commit it \
            together with the configuration. A build uses it if it exists, and names what it does not have.

            An image that is already locked stays as it is. --update moves all of them, or those that are named, to \
            what their registries have now.

            Examples:
              \(Invocation.name) lock linuxkit.yml
              \(Invocation.name) lock linuxkit.yml --update
              \(Invocation.name) lock linuxkit.yml --update nginx linuxkit/dhcpcd:v1
              \(Invocation.name) build --locked linuxkit.yml
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var epoch: EpochOptions

    @Argument(
        help: ArgumentHelp(
            "Configuration files, and after --update the names of images to move.", valueName: "file"))
    var files: [String]

    @Flag(help: "Move images that are already locked: those that are named, or all.")
    var update = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Formats whose boot images to lock, separated by commas. Default: all boot images that can be found.",
            valueName: "formats"))
    var format: [String] = []

    @Option(help: "Architecture to look images up for: amd64, arm64 or riscv64. Default: this machine's.")
    var arch: String?

    @OptionGroup var boot: BootOptions
    @OptionGroup var fetch: FetchOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var verification: ImagePolicyOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let reporter = global.reporter
        try fetch.check()
        let (files, names) = try arguments()
        guard let path = LockOptions.path(for: files) else {
            throw Failure("standard input cannot be locked; pass a configuration file", .usage)
        }
        let old = try LockOptions.read(path)
        let references = try names.map { try ImageReference($0) }
        if let unknown = references.first(where: { name in
            old?.images.keys.contains { Self.means(name, $0) } != true
        }) {
            throw Failure("\(path) does not have \(unknown); nothing was changed", .usage)
        }
        let isUpdated = { (reference: ImageReference) in
            update && (references.isEmpty || references.contains { Self.means($0, reference) })
        }
        let request = try request(files)
        let found = try await RegistryAccess.with(try registry.settings(reporter)) { access in
            let services = try services(access)
            let builder = Builder(services, version: Version.text) {
                [events = BuildReporter(reporter: reporter, earlierOutput: nil)] in events.report($0)
            }
            let kept = old?.images.filter { !isUpdated($0.key) } ?? [:]
            return try await builder.lock(request, keeping: kept, isLenient: format.isEmpty)
        }
        reporter.clear()
        if let old, !update {
            for (url, digest) in found.files {
                guard let locked = old.files[url], locked != digest else { continue }
                throw Failure(
                    lock: .fileChanged(url: url, locked: locked, found: digest), path: path, files: files)
            }
        }
        let result = LockUpdate(found: found, old: old, isUpdated: isUpdated)
        let text = LockFile.text(result.lock)
        var file = try AtomicFile(path: path)
        try file.write(text)
        try file.commit()
        try report(result, path: path, reporter)
        try await reportChanges(result, platform: request.platform)
    }

    /// Prints what changed inside the images that moved, as far as the cache has them.
    private func reportChanges(_ update: LockUpdate, platform: Platform) async throws {
        guard !update.moved.isEmpty, !json, !global.quiet else { return }
        let (layout, images) = (try cache.layout(), try cache.imageCache.images())
        for move in update.moved {
            // The documents of an image that was locked elsewhere may not be here.
            guard
                let changes = try? await ImageChanges(
                    from: move.from, to: move.to, of: move.reference, platform: platform, layout: layout,
                    images: images)
            else { continue }
            try Output.print("\(move.reference): \(Self.text(changes))")
        }
    }

    private static func text(_ changes: ImageChanges) -> String {
        let sizes = "layers of \(changes.sizes.from.readableSize) -> \(changes.sizes.to.readableSize)"
        guard let packages = changes.packages else { return sizes + "; pull both images to compare packages" }
        if packages.isEmpty { return sizes + "; no package changed" }
        let list = packages.map { package in
            switch (package.from, package.to) {
            case (let from?, let to?): "\(package.name) \(from) -> \(to)"
            case (nil, let to): "added \(package.name) \(to ?? "")"
            case (_, nil): "removed \(package.name)"
            }
        }
        return sizes + "; " + list.joined(separator: ", ")
    }

    /// Whether `name`, as the user wrote it, means the locked image: its name with or without its tag.
    private static func means(_ name: ImageReference, _ reference: ImageReference) -> Bool {
        name == reference || name.tag == nil && name.digest == nil && name.repository == reference.repository
    }

    /// The configuration files, and the images to update.
    private func arguments() throws -> (files: [String], names: [String]) {
        guard update else { return (files, []) }
        let count = files.prefix { argument in
            ["http://", "https://"].contains { argument.hasPrefix($0) }
                || [".yml", ".yaml"].contains { argument.hasSuffix($0) }
                || (try? FileStatus.following(argument)) != nil
        }.count
        guard count > 0 else {
            throw Failure(
                "\(files[0]) is not a configuration file; pass it before the names of images", .usage)
        }
        return (Array(files[..<count]), Array(files[count...]))
    }

    private func request(_ files: [String]) throws -> BuildRequest {
        let platform = Platform(machine: arch ?? HostEnvironment.machine)
        var formats = OutputFormats.all
        if format.isEmpty {
            formats = formats.filter { $0.architectures.contains(platform.architecture) }
        } else {
            formats = try OutputFormats.formats(format.flatMap { $0.split(separator: ",").map(String.init) })
        }
        var request = BuildRequest(
            configuration: files.map(BuildCommand.source), platform: platform, formats: formats,
            destination: .files(directory: nil, name: "lock"))
        request.stamp = try epoch.stamp()
        request.boot = try boot.origins()
        request.options.home = HostEnvironment.home
        return request
    }

    private func services(_ access: RegistryAccess) throws -> BuildServices {
        var services = BuildServices(cache: cache.imageCache, registries: access)
        services.pulling = fetch.offline ? .never : fetch.pull || update ? .always : .missing
        services.policy = try verification.policy()
        services.packageOptions = PackageFlags.ofEnvironment
        return services
    }

    private func report(_ update: LockUpdate, path: String, _ reporter: Reporter) throws {
        if json { return try Output.print(Self.json(update, path: path)) }
        var rows = update.added.map { ["added", "\($0)", update.lock.images[$0].map { $0.root.oci } ?? ""] }
        rows += update.moved.map { ["moved", "\($0.reference)", "\($0.from.root.oci) -> \($0.to.root.oci)"] }
        rows += update.removed.map { ["removed", "\($0)", ""] }
        if !rows.isEmpty, !global.quiet { try Output.print(Table(rows: rows).text()) }
        let count = update.lock.images.count
        let files = update.lock.files.isEmpty ? "" : ", \(update.lock.files.count) fetched files"
        reporter.note(
            "\(path): \(count) \(count == 1 ? "image" : "images")\(files) locked"
                + (rows.isEmpty ? ", unchanged" : ""))
    }

    private static func json(_ update: LockUpdate, path: String) -> JSONValue {
        let moved = update.moved.map { move -> JSONValue in
            [
                "name": .text("\(move.reference)"), "from": .text(move.from.root.oci),
                "to": .text(move.to.root.oci),
            ]
        }
        return [
            "path": .text(path), "images": .number(UInt64(update.lock.images.count)),
            "added": .texts(update.added.map(\.description)),
            "removed": .texts(update.removed.map(\.description)), "moved": .array(moved),
        ]
    }
}
