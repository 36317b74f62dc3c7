/// How a `TestRegistry` gives tokens (the distribution project's token authentication specification).
public struct TokenRules: Sendable {
    /// Who gets tokens for all they ask; nil: everybody.
    public var login: (username: String, password: String)?
    /// Who has no login gets tokens for pulling.
    public var anonymousPull = false
    /// Taken by `POST` with `grant_type=refresh_token`, as an identity token from `docker login`.
    public var identityToken: String?
    /// What is told as `expires_in`, in seconds; nil to tell nothing.
    public var lifetime: Int? = 300
    /// How many requests a token is good for.
    public var usesPerToken: Int?
    /// `token` or `access_token`.
    public var field = "token"
    /// Another server's URL for the realm; nil for this one's `/token`.
    public var realm: String?

    public init() {}
}

/// The tokens that were given.
struct TokenBook: Sendable {
    private struct Token {
        let scopes: Set<String>
        var uses = 0
    }

    private var valid: [String: Token] = [:]
    private(set) var issued: [String] = []

    /// `scopes` as `repository:NAME:ACTION`, one action each.
    mutating func issue(_ scopes: Set<String>) -> String {
        let token = "bearer-secret-\(issued.count)-\(UInt64.random(in: 0 ... .max))"
        issued.append(token)
        valid[token] = Token(scopes: scopes)
        return token
    }

    mutating func expireAll() { valid = [:] }
    mutating func expire(_ token: String) { valid[token] = nil }

    /// Counts a use; false if the token is not good for `scopes` now.
    mutating func use(_ token: String, for scopes: [String], limit: Int?) -> Bool {
        guard var known = valid[token], scopes.allSatisfy(known.scopes.contains) else { return false }
        known.uses += 1
        valid[token] = known
        if let limit, known.uses > limit {
            valid[token] = nil
            return false
        }
        return true
    }

    func covers(_ token: String, _ scope: String) -> Bool { valid[token]?.scopes.contains(scope) == true }
}
