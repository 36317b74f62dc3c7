internal import Host

/// Where a Docker daemon, or podman instead, listens.
enum DaemonAddress: Hashable, Sendable, CustomStringConvertible {
    case unix(path: String)
    case tcp(HostAndPort)

    /// Reads `DOCKER_HOST` (`unix:///run/docker.sock`, `tcp://127.0.0.1:2375`). Without it: Docker's own
    /// socket, or that of podman in the user's session if only that one is there.
    init(
        environment: (String) -> String?, docker: String = "/var/run/docker.sock"
    ) throws(DaemonError) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        guard let text = value("DOCKER_HOST") else {
            self = Self.usual(docker: docker, session: value("XDG_RUNTIME_DIR"))
            return
        }
        if text.hasPrefix("unix://"), text.dropFirst("unix://".count).hasPrefix("/") {
            self = .unix(path: String(text.dropFirst("unix://".count)))
            return
        }
        guard let url = AddressURL(text), ["tcp", "http"].contains(url.scheme), url.username == nil,
            ["", "/"].contains(url.path), !url.hasQuery
        else { throw DaemonError(address: "DOCKER_HOST", .notUnderstood) }
        let server = HostAndPort(host: url.server.host, port: url.server.port ?? 2375)
        if value("DOCKER_TLS_VERIFY") != nil { throw DaemonError(address: "tcp://\(server)", .wantsTLS) }
        self = .tcp(server)
    }

    private static func usual(docker: String, session: String?) -> DaemonAddress {
        let podman = session.map { "\($0)/podman/podman.sock" }
        for path in [docker, podman] {
            // A socket, or a link to one.
            if let path, let status = try? FileStatus.following(path), status.kind == .other {
                return .unix(path: path)
            }
        }
        return .unix(path: docker)
    }

    /// False if it is the path of a socket that does not exist.
    var exists: Bool {
        guard case .unix(let path) = self else { return true }
        return (try? FileStatus.following(path)) != nil
    }

    /// As `DOCKER_HOST` has it.
    var description: String {
        switch self {
        case .unix(let path): "unix://\(path)"
        case .tcp(let server): "tcp://\(server)"
        }
    }
}
