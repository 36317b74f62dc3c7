internal import OCI

/// Which servers to ask for the images of a registry (`--mirror`, `LINUXKIT_MIRROR`).
///
/// As in LinuxKit, a mirror is `REGISTRY=URL`, or a URL alone for every registry that has none of its own; the
/// URL begins with `http://` or `https://`, and its path precedes the names of repositories. Unlike
/// LinuxKit, a registry may have several, tried in the order given; the registry itself is tried last.
public struct RegistryMirrors: Sendable {
    /// By the registry's name, `docker.io` for all names of Docker Hub; those for every other registry under
    /// `*`.
    private var mirrors: [String: [RegistryEndpoint]]

    /// The largest number of mirrors that any registry has.
    var count: Int { mirrors.values.map(\.count).max() ?? 0 }

    /// No mirrors.
    public init() { mirrors = [:] }

    /// Reads `options`, one mirror each, and `environment`, in which commas or white space separate
    /// mirrors. What the options say of a registry replaces what the environment says of it.
    ///
    /// Throws a `configuration` error that shows how a mirror is written.
    public init(_ options: [String], environment: String?) throws(RegistryError) {
        let listed = (environment ?? "").split { $0 == "," || $0.isWhitespace }
        mirrors = try Self.parsed(listed, setting: "LINUXKIT_MIRROR")
        for (registry, endpoints) in try Self.parsed(options[...].map { $0[...] }, setting: "--mirror") {
            mirrors[registry] = endpoints
        }
    }

    /// The servers to ask in turn for what `registry` has, itself the last.
    ///
    /// Throws a `configuration` error if `registry` is not a host with or without a port.
    public func endpoints(for registry: String) throws(RegistryError) -> [RegistryEndpoint] {
        let (mirrors, own) = try servers(for: registry)
        return mirrors + [own]
    }

    /// The mirrors to ask in turn before the registry's own server.
    func servers(
        for registry: String
    ) throws(RegistryError) -> (mirrors: [RegistryEndpoint], own: RegistryEndpoint) {
        let own = try RegistryEndpoint(registry: registry)
        var found: [RegistryEndpoint] = []
        for mirror in mirrors[own.registry] ?? mirrors[Self.everyOther] ?? [] where !found.contains(mirror) {
            found.append(mirror)
        }
        return (found, own)
    }

    private static let everyOther = "*"

    private static func parsed(
        _ texts: [Substring], setting: String
    ) throws(RegistryError) -> [String: [RegistryEndpoint]] {
        var mirrors: [String: [RegistryEndpoint]] = [:]
        for text in texts where !text.isEmpty {
            let (registry, mirror) = try Self.parsed(text, setting: setting)
            mirrors[registry, default: []].append(mirror)
        }
        return mirrors
    }

    private static func parsed(
        _ text: Substring, setting: String
    ) throws(RegistryError) -> (registry: String, mirror: RegistryEndpoint) {
        // The text before an @ may be a password.
        func wrong(_ reason: String) -> RegistryError {
            let shown = text.contains("@") ? "a mirror" : "\"\(text)\""
            return RegistryError(
                registry: "",
                .configuration(
                    reason: "\(setting): \(shown) \(reason); write docker.io=https://mirror.example, "
                        + "or https://mirror.example for every registry without a mirror of its own"))
        }
        var key = everyOther
        var url = text
        if let equals = text.firstIndex(of: "=") {
            key = try registry(text[..<equals], wrong)
            url = text[text.index(after: equals)...]
        }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw wrong("does not begin with http:// or https://")
        }
        guard let address = AddressURL(url) else { throw wrong("is not the URL of a server") }
        guard address.username == nil else {
            throw wrong("has a user name in it: keep that with docker login or skopeo login instead")
        }
        guard !address.hasQuery else { throw wrong("has a query or a fragment, which no mirror has") }
        let path = address.path.split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/")
        let server = address.server
        let mirror = RegistryEndpoint(
            isSecure: address.scheme == "https", host: server.host, port: server.port, pathPrefix: path,
            registry: DockerHub.isNamed(by: server) ? DockerHub.name : server.description, isMirror: true)
        return (key, mirror)
    }

    /// The registry before the equals sign, in the form used for lookups.
    private static func registry(
        _ text: Substring, _ wrong: (String) -> RegistryError
    ) throws(RegistryError) -> String {
        if text == everyOther { return everyOther }
        let name = text.hasSuffix("/") ? text.dropLast() : text
        guard let server = HostAndPort(name) else {
            throw wrong("does not have the name of a registry before the equals sign")
        }
        return DockerHub.isNamed(by: server) ? DockerHub.name : server.description
    }
}
