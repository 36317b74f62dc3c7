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

extension BuildRequest {
    /// Builds configuration files, appended to each other in order, for this machine's architecture. Outputs are named
    /// after the last file.
    public init(_ files: [String], formats: [String], directory: String? = nil) throws(UnknownFormat) {
        self.init(
            configuration: files.map { .file($0) }, platform: .host,
            formats: try OutputFormats.formats(formats),
            destination: .files(directory: directory, namedAfter: files.last ?? ""))
    }
}
