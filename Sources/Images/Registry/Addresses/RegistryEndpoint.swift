internal import OCI

/// A server to ask for what a registry has: the registry's own, or a mirror's.
public struct RegistryEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// HTTPS if true, plain HTTP if false.
    public var isSecure: Bool
    /// Without brackets if it is an IPv6 address; `authority` has them.
    public var host: String
    /// Nil for the scheme's own.
    public var port: Int?
    /// Prefix of every repository, without slashes at its ends: with `ghcr`, `linuxkit/init` is requested
    /// at `/v2/ghcr/linuxkit/init/…`. LinuxKit reads the path of a mirror so. Empty for none.
    public var pathPrefix: String
    /// What its credentials are kept under: `docker.io`, `localhost:5000`.
    public var registry: String
    /// True for a mirror, which is used instead of the registry. Mirrors are read from, never written to.
    public var isMirror: Bool
    /// True if `isSecure` is false by default only: a registry on loopback, which speaks TLS if it answers to
    /// it.
    public var maySpeakTLS: Bool

    public init(
        isSecure: Bool, host: String, port: Int? = nil, pathPrefix: String = "", registry: String,
        isMirror: Bool = false, maySpeakTLS: Bool = false
    ) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
        self.registry = registry
        self.isMirror = isMirror
        self.maySpeakTLS = maySpeakTLS
    }

    /// Host and port as a URL has them: `registry-1.docker.io`, `[::1]:5000`.
    public var authority: String { HostAndPort(host: host, port: port).description }

    /// The name of a repository at this endpoint: `pathPrefix` before `path`, which has no registry in it.
    public func repository(_ path: String) -> String { pathPrefix.isEmpty ? path : "\(pathPrefix)/\(path)" }

    /// `localhost`, 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { HostAndPort(host: host, port: port).isLoopback }

    /// The URL without anything secret: `https://registry-1.docker.io`, `http://mirror.example/ghcr`.
    public var description: String {
        "\(isSecure ? "https" : "http")://\(authority)\(pathPrefix.isEmpty ? "" : "/\(pathPrefix)")"
    }

    /// The server of the registry that image names begin with.
    init(registry: String) throws(RegistryError) {
        guard let server = HostAndPort(registry) else {
            throw RegistryError(
                registry: registry,
                .configuration(reason: "is not a host with or without a port, as ghcr.io or localhost:5000"))
        }
        if DockerHub.isNamed(by: server) {
            self.init(isSecure: true, host: DockerHub.server, registry: DockerHub.name)
        } else {
            self.init(
                isSecure: !server.isLoopback, host: server.host, port: server.port,
                registry: server.description, maySpeakTLS: server.isLoopback)
        }
    }
}

extension DockerHub {
    static func isNamed(by server: HostAndPort) -> Bool {
        isNamed(by: server.host) && (server.port == nil || server.port == 443)
    }
}
