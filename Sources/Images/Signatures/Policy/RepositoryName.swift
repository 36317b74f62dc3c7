internal import OCI

/// A repository as rules compare it. One place in a registry has several spellings, and none of them must find
/// its way around a rule: letters of the host in upper case, a dot at its end, the port 443 that nobody needs to
/// write, Docker Hub's other names, `docker.io/redis` for `docker.io/library/redis`.
struct RepositoryName: Hashable, CustomStringConvertible {
    let host: String
    let path: String

    init(_ reference: ImageReference) { self.init(repository: reference.repository) }

    /// `repository`: host, slash, path.
    init(repository: String) {
        let slash = repository.firstIndex(of: "/") ?? repository.endIndex
        host = Self.canonicalHost(repository[..<slash])
        let path = String(repository[slash...].dropFirst())
        self.path = host == DockerHub.name ? DockerHub.repositoryPath(path) : path
    }

    /// What a signer calls the image: a repository with or without tag and digest; nil for anything else.
    init?(dockerReference: String) {
        guard let reference = try? ImageReference(dockerReference) else { return nil }
        self.init(reference)
    }

    var description: String { "\(host)/\(path)" }

    static func canonicalHost(_ text: some StringProtocol) -> String {
        var host = text.lowercased()
        var port = ""
        if let colon = host.lastIndex(of: ":"), let number = UInt16(host[host.index(after: colon)...]) {
            if number != 443 { port = ":\(number)" }
            host = String(host[..<colon])
        }
        while host.hasSuffix(".") { host.removeLast() }
        return (DockerHub.isNamed(by: host) ? DockerHub.name : host) + port
    }
}
