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

    /// How registries are reached; finds wrong values before any work is done.
    func settings(_ reporter: Reporter) throws(RegistryError) -> RegistrySettings {
        RegistrySettings(
            credentials: ConfiguredCredentials(onNote: { reporter.note($0) }),
            mirrors: try RegistryMirrors(mirror, environment: HostEnvironment.variable("LINUXKIT_MIRROR")),
            proxies: ProxySettings(environment: HostEnvironment.variable), certificateFiles: certFile,
            onNote: { reporter.note($0) })
    }
}
