/// A user's credentials for a registry. Secret: its description does not contain them.
public struct Login: Sendable, Equatable {
    public var username: String
    public var password: String
    /// A refresh token, which is offered to the token server instead of name and password where there is one.
    public var identityToken: String?
    /// Where it was read from, for errors: a file, or a credential helper. It plays no part in whether two logins are
    /// equal.
    public var source: String?

    public init(username: String, password: String, identityToken: String? = nil, source: String? = nil) {
        self.username = username
        self.password = password
        self.identityToken = identityToken
        self.source = source
    }

    public static func == (left: Login, right: Login) -> Bool {
        left.username == right.username && left.password == right.password
            && left.identityToken == right.identityToken
    }
}

extension Login: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Contains no secret, so printing a login by accident is harmless.
    public var description: String { "a login" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Finds the logins for registries.
public protocol CredentialSource: Sendable {
    /// The login for a registry as image references name it: `docker.io`, `localhost:5000`. The path of a
    /// repository may follow (`quay.io/team/app`): where several logins fit, that for the longest part of it
    /// counts. Nil for none.
    func login(for registry: String) async throws(RegistryError) -> Login?
}

/// Nobody anywhere: what is public.
public struct NoCredentials: CredentialSource {
    public init() {}
    public func login(for registry: String) async throws(RegistryError) -> Login? { nil }
}
