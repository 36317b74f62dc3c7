import ArgumentParser
import Host
import Registry

/// The options for connecting to registries.
struct RegistryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Mirror to try before a registry, such as docker.io=https://mirror.example (repeatable).",
            discussion: "Default: $LINUXKIT_MIRROR.", valueName: "registry=url"))
    var mirror: [String] = []

    @Option(
        help: ArgumentHelp(
            "File with certificates (PEM) to trust in addition to the system's (repeatable).",
            valueName: "file"))
    var certFile: [String] = []

    /// The settings for connecting to registries; rejects invalid values before any work is done.
    func settings(_ reporter: Reporter) throws(RegistryError) -> RegistrySettings {
        RegistrySettings(
            credentials: ConfiguredCredentials(onNote: { reporter.note($0) }),
            mirrors: try RegistryMirrors(mirror, environment: HostEnvironment.variable("LINUXKIT_MIRROR")),
            proxies: ProxySettings(environment: HostEnvironment.variable), certificateFiles: certFile,
            onNote: { reporter.note($0) })
    }

    /// The same options as arguments of another run.
    var arguments: [String] {
        mirror.flatMap { ["--mirror", $0] } + certFile.flatMap { ["--cert-file", $0] }
    }
}
