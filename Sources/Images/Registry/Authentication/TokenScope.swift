/// What a token is to allow (Docker registry documentation, "Token Scope Documentation"):
/// `repository:library/redis:pull,push`.
struct TokenScope: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// `repository:library/redis`.
    let resource: String
    /// `pull`, `push`.
    var actions: Set<String>

    static func pull(_ repository: String) -> TokenScope {
        TokenScope(resource: "repository:\(repository)", actions: ["pull"])
    }

    static func push(_ repository: String) -> TokenScope {
        TokenScope(resource: "repository:\(repository)", actions: ["pull", "push"])
    }

    /// The same for what the repository is called at `endpoint`.
    func at(_ endpoint: RegistryEndpoint) -> TokenScope {
        guard resource.hasPrefix("repository:") else { return self }
        let name = String(resource.dropFirst("repository:".count))
        return TokenScope(resource: "repository:\(endpoint.repository(name))", actions: actions)
    }

    var description: String { "\(resource):\(actions.sorted().joined(separator: ","))" }

    static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    /// The scopes in a challenge, separated by spaces.
    static func parse(_ text: String) -> [TokenScope] {
        text.split(separator: " ").prefix(16).compactMap { part in
            guard let colon = part.lastIndex(of: ":") else { return nil }
            let actions = part[part.index(after: colon)...].split(separator: ",").map(String.init)
            return TokenScope(resource: String(part[..<colon]), actions: Set(actions))
        }
    }

    /// One scope a resource, with all actions; sorted.
    static func merged(_ scopes: [TokenScope]) -> [TokenScope] {
        var actions: [String: Set<String>] = [:]
        for scope in scopes { actions[scope.resource, default: []].formUnion(scope.actions) }
        return actions.map { TokenScope(resource: $0.key, actions: $0.value) }.sorted()
    }
}
