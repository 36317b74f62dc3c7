import ArgumentParser
import Host
import Registry

/// How registries are reached.
struct RegistryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A mirror to ask before a registry, as docker.io=https://mirror.example; again for more.",
            discussion: "Default: $LINUXKIT_MIRROR.", valueName: "registry=url"))
    var mirror: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file of certificates (PEM) to trust beside the system's; again for more.", valueName: "file"))
    var certFile: [String] = []

    /// A connection to registries, made when the first thing is asked of one.
    func access(_ reporter: Reporter) -> RegistryAccess { RegistryAccess(self, reporter) }

    fileprivate func settings(_ reporter: Reporter) throws(RegistryError) -> RegistrySettings {
        RegistrySettings(
            credentials: ConfiguredCredentials(onNote: { reporter.note($0) }),
            mirrors: try RegistryMirrors(mirror, environment: HostEnvironment.variable("LINUXKIT_MIRROR")),
            proxies: ProxySettings(environment: HostEnvironment.variable), certificateFiles: certFile,
            onNote: { reporter.note($0) })
    }

    /// Finds wrong values before any work is done.
    func check(_ reporter: Reporter) throws { _ = try settings(reporter) }
}

/// The one client of a command. Most builds have all they need in the cache and never make it.
actor RegistryAccess {
    private let options: RegistryOptions
    private let reporter: Reporter
    private var made: RegistryClient?
    private var madeFailFast: RegistryClient?

    init(_ options: RegistryOptions, _ reporter: Reporter) {
        self.options = options
        self.reporter = reporter
    }

    func client() throws -> RegistryClient {
        if let made { return made }
        let client = try RegistryClient(try options.settings(reporter))
        made = client
        return client
    }

    /// For what may fail without much ado: it gives up sooner.
    func failFastClient() throws -> RegistryClient {
        if let madeFailFast { return madeFailFast }
        var settings = try options.settings(reporter)
        settings.retries = RetryPolicy(attempts: 3, longestDelay: 2, stallSeconds: 30, connectSeconds: 5)
        let client = try RegistryClient(settings)
        madeFailFast = client
        return client
    }

    func close() async {
        await made?.close()
        await madeFailFast?.close()
        made = nil
        madeFailFast = nil
    }

    /// Runs `body` and closes what it opened, also when it fails.
    static func with<T>(
        _ options: RegistryOptions, _ reporter: Reporter, _ body: (RegistryAccess) async throws -> T
    ) async throws -> T {
        try options.check(reporter)
        let access = options.access(reporter)
        do {
            let result = try await body(access)
            await access.close()
            return result
        } catch {
            await access.close()
            throw error
        }
    }
}
