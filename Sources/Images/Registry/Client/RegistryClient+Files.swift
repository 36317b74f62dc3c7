internal import HTTP

extension RegistryClient {
    /// The file at an `http` or `https` URL, which no registry has: through the same proxies, trusting the same
    /// servers. A login in the URL goes to its server only and is never shown. At most `limit` bytes.
    public func file(_ url: String, limit: Int) async throws(RegistryError) -> [UInt8] {
        guard let parts = AddressURL(url), let address = WebAddress(url) else {
            throw RegistryError(
                registry: "", .configuration(reason: "not an http:// or https:// URL of a file"))
        }
        var request = WebRequest(.GET, address)
        let login = parts.username.map { Login(username: $0, password: parts.password ?? "") }
        if let login { request.headers.add(name: "authorization", value: login.basic) }
        var subject = Subject(
            registry: address.server.description, reference: address.description, what: "file")
        subject.isRegistry = false
        let sent = request
        return try await retrying(
            subject, at: address.origin, attempts: settings.retries.attempts
        ) { () throws(AttemptError) in
            try await transport.follow(sent, allowsPlain: false) { (answer) throws(AttemptError) in
                guard answer.status == 200 else {
                    var answer = answer
                    answer.hadCredentials = login != nil
                    answer.secrets = login?.secrets ?? []
                    throw await answer.failure()
                }
                return try await answer.bytes(limit: limit, of: "the file")
            }
        }
    }
}
