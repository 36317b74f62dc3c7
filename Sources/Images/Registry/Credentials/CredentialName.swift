internal import OCI

/// What a login is kept under: a registry, or a part of what is in it.
///
/// Docker writes `host:port`, once `https://host/v1/`, and `https://index.docker.io/v1/` for Docker Hub; podman
/// and skopeo write `host/namespace/repository` too (containers-auth.json(5)). All are compared in one form,
/// without scheme and API version, with `docker.io` for Docker Hub.
struct CredentialName: Hashable, Sendable {
    /// `docker.io`, `localhost:5000`.
    let registry: String
    /// The parts of the namespace or repository behind the registry.
    let path: [Substring]

    init(_ text: String) {
        var rest = text[...]
        var isURL = false
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            isURL = true
        }
        let parts = rest.split(separator: "/")
        let host = parts.first ?? ""
        if let server = HostAndPort(host) {
            registry = DockerHub.isNamed(by: server) ? DockerHub.name : server.description
        } else {
            registry = host.lowercased()
        }
        let path = parts.dropFirst()
        // A URL's path is that of the API, as Docker has it.
        let isAPI = isURL || path.count == 1 && ["v1", "v2"].contains(path.first)
        self.path = isAPI ? [] : Array(path)
    }

    private init(registry: String, path: [Substring]) {
        self.registry = registry
        self.path = path
    }

    /// This name and all its parents, the longest first.
    var enclosing: [CredentialName] {
        (0...path.count).reversed().map { CredentialName(registry: registry, path: Array(path[..<$0])) }
    }

    /// What credential helpers know the registry as, the likelier first: Docker says one thing for Docker Hub,
    /// podman another.
    var helperAddresses: [String] {
        registry == DockerHub.name ? ["https://index.docker.io/v1/", DockerHub.name] : [registry]
    }
}
