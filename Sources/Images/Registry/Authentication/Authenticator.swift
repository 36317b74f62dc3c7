internal import Host

/// Knows how each server wants to be told who asks, and keeps the tokens for it.
actor Authenticator {
    /// The value of the header field `Authorization`.
    struct Authorization: Equatable, Sendable {
        let value: String
        /// True if it is a login, or was got with one.
        let hasLogin: Bool

        /// What must not be shown: the token, or the login in all its forms.
        let secrets: [String]
    }

    private enum Scheme {
        case basic
        case bearer(TokenServer)
    }

    /// A token is good for one server, one way to get it, one login, some scopes.
    private struct TokenKey: Hashable {
        let endpoint: RegistryEndpoint
        let server: TokenServer
        let owner: String
        let scopes: [TokenScope]
    }

    private struct Kept {
        let authorization: Authorization
        let until: Double
    }

    /// A token that is being asked for, and who waits for it.
    private struct TokenRequest {
        let number: Int
        let task: Task<Void, Never>
        var waiting: [Int: CheckedContinuation<Result<Authorization, AttemptError>, Never>] = [:]
    }

    private let credentials: any CredentialSource
    private let transport: Transport
    private var schemes: [RegistryEndpoint: Scheme] = [:]
    private var logins: [String: Login?] = [:]
    private var tokens: [TokenKey: Kept] = [:]
    private var underWay: [TokenKey: TokenRequest] = [:]
    /// Numbers for requests and for those who wait.
    private var count = 0

    init(credentials: any CredentialSource, transport: Transport) {
        self.credentials = credentials
        self.transport = transport
    }

    /// What to send before the server asks: what it asked for the last time.
    func authorization(
        for endpoint: RegistryEndpoint, repository: String, scopes: [TokenScope]
    ) async throws(AttemptError) -> Authorization? {
        guard let scheme = schemes[endpoint] else { return nil }
        return try await authorization(
            scheme, endpoint, repository, TokenScope.merged(scopes), rejected: nil)
    }

    /// What to send after `challenges`; `rejected` is what was sent before and did not do. Nil if there is
    /// nothing else to send.
    func answer(
        _ challenges: [Challenge], for endpoint: RegistryEndpoint, repository: String, scopes: [TokenScope],
        rejected: Authorization?
    ) async throws(AttemptError) -> Authorization? {
        guard let (scheme, asked) = Self.best(challenges) else { return nil }
        schemes[endpoint] = scheme
        let merged = TokenScope.merged(scopes + asked)
        guard
            let found = try await authorization(scheme, endpoint, repository, merged, rejected: rejected),
            found != rejected
        else { return nil }
        if case .bearer(let server) = scheme {
            // The next request of this kind begins with this token.
            let owner = try await owner(endpoint, repository).name
            func key(_ scopes: [TokenScope]) -> TokenKey {
                TokenKey(endpoint: endpoint, server: server, owner: owner, scopes: scopes)
            }
            if let kept = tokens[key(merged)] { tokens[key(TokenScope.merged(scopes))] = kept }
        }
        return found
    }

    /// Tokens before passwords.
    private static func best(_ challenges: [Challenge]) -> (Scheme, [TokenScope])? {
        for challenge in challenges where challenge.scheme == "bearer" {
            if let server = TokenServer(challenge) {
                return (.bearer(server), TokenScope.parse(challenge.parameters["scope"] ?? ""))
            }
        }
        return challenges.contains { $0.scheme == "basic" } ? (.basic, []) : nil
    }

    private func authorization(
        _ scheme: Scheme, _ endpoint: RegistryEndpoint, _ repository: String, _ scopes: [TokenScope],
        rejected: Authorization?
    ) async throws(AttemptError) -> Authorization? {
        let (owner, login) = try await owner(endpoint, repository)
        switch scheme {
        case .basic:
            return login.map { Authorization(value: $0.basic, hasLogin: true, secrets: $0.secrets) }
        case .bearer(let server):
            let key = TokenKey(endpoint: endpoint, server: server, owner: owner, scopes: scopes)
            if let kept = tokens[key], kept.authorization != rejected,
                kept.until > HostClock.monotonicSeconds
            {
                return kept.authorization
            }
            return try await token(key, login)
        }
    }

    /// Asks once for all who want the same at the same time, and no longer than somebody wants it.
    private func token(_ key: TokenKey, _ login: Login?) async throws(AttemptError) -> Authorization {
        guard !Task.isCancelled else { throw AttemptError(.cancelled) }
        count += 1
        let number = count
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if underWay[key] == nil { begin(key, login) }
                underWay[key]?.waiting[number] = continuation
            }
        } onCancel: {
            Task { await leave(key, number) }
        }
        return try result.get()
    }

    private func begin(_ key: TokenKey, _ login: Login?) {
        count += 1
        let number = count
        let transport = transport
        let asked = HostClock.monotonicSeconds
        let task = Task {
            let result: Result<Authorization, AttemptError>
            do throws(AttemptError) {
                let token = try await key.server.token(
                    for: key.scopes, login: login, mayBePlain: !key.endpoint.isSecure, over: transport)
                let authorization = Authorization(
                    value: "Bearer \(token.value)", hasLogin: login != nil, secrets: [token.value])
                // A little less than it is good for: it must arrive in time as well.
                let until = asked + token.lifetime - min(10, token.lifetime / 2)
                self.keep(Kept(authorization: authorization, until: until), for: key)
                result = .success(authorization)
            } catch { result = .failure(error) }
            self.end(key, number, result)
        }
        underWay[key] = TokenRequest(number: number, task: task)
    }

    private func end(_ key: TokenKey, _ number: Int, _ result: Result<Authorization, AttemptError>) {
        guard let request = underWay[key], request.number == number else { return }
        underWay[key] = nil
        for continuation in request.waiting.values { continuation.resume(returning: result) }
    }

    /// One who was canceled waits no more; with the last one the request ends.
    private func leave(_ key: TokenKey, _ number: Int) {
        guard let continuation = underWay[key]?.waiting.removeValue(forKey: number) else { return }
        continuation.resume(returning: .failure(AttemptError(.cancelled)))
        guard underWay[key]?.waiting.isEmpty == true else { return }
        underWay[key]?.task.cancel()
        underWay[key] = nil
    }

    private func keep(_ kept: Kept, for key: TokenKey) { tokens[key] = kept }

    /// The login for a repository, with a name to tell logins apart by.
    private func owner(
        _ endpoint: RegistryEndpoint, _ repository: String
    ) async throws(AttemptError) -> (name: String, login: Login?) {
        let name = "\(endpoint.registry)/\(repository)"
        if let known = logins[name] { return (known?.username ?? "", known) }
        do throws(RegistryError) {
            let login = try await credentials.login(for: name)
            logins[name] = .some(login)
            return (login?.username ?? "", login)
        } catch { throw AttemptError(.final(error.problem)) }
    }
}
