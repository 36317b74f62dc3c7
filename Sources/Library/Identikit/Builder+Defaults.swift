internal import Host

extension BuildServices {
    /// Images are pulled into the cache in `directory`, an OCI image layout that is created if it does not exist, from
    /// the registries of `registries`.
    public init(cache directory: String, registries: RegistrySettings = .environment) {
        self.init(
            cache: ImageCache(path: directory, derivedFallback: "\(directory)-derived"),
            registries: RegistryAccess(registries))
    }
}

extension RegistrySettings {
    /// The logins of Docker and Podman, and the proxies of the environment.
    public static var environment: RegistrySettings {
        RegistrySettings(
            credentials: ConfiguredCredentials(onNote: { _ in }),
            proxies: ProxySettings(environment: HostEnvironment.variable))
    }
}

extension Platform {
    /// Linux on the architecture of this machine.
    public static var host: Platform { Platform(machine: HostEnvironment.machine) }
}

/// A format that does not exist.
public struct UnknownFormat: Error, CustomStringConvertible {
    public let name: String

    public var description: String {
        "unknown format \"\(name)\"; valid formats: \(OutputFormats.all.map(\.name).joined(separator: ", "))"
    }
}

extension BuildRequest {
    /// Builds configuration files, appended to each other in order, for this machine's architecture. Outputs are named
    /// after the last file.
    public init(_ files: [String], formats: [String], directory: String? = nil) throws(UnknownFormat) {
        var found: [OutputFormat] = []
        for name in formats {
            guard let format = OutputFormats.named(name) else { throw UnknownFormat(name: name) }
            found.append(format)
        }
        let last = files.last?.split(separator: "/").last ?? ""
        let end = last.lastIndex(of: ".") ?? last.endIndex
        self.init(
            configuration: files.map { .file($0) }, platform: .host, formats: found,
            destination: .files(directory: directory, name: String(last[..<end])))
    }
}
