/// Remembers how each server wants to be authenticated to, and caches its tokens.
actor Authenticator {
    /// The value of the header field `Authorization`.
    struct Authorization: Equatable, Sendable {
        let value: String
        /// True if it is a login, or was got with one.
        let hasLogin: Bool
        /// Where that login was read from.
        var loginSource: String?
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

    private struct CachedToken {
        let authorization: Authorization
        let expiresAt: Double
    }

    /// A pending token request and the callers that wait for it.
    private struct TokenRequest {
        let number: Int
        let task: Task<Void, Never>
        var waiting: [Int: CheckedContinuation<Result<Authorization, AttemptError>, Never>] = [:]
    }

    private let credentials: any CredentialSource
    private let transport: Transport
    private let clock: RegistryClock
    private var schemes: [RegistryEndpoint: Scheme] = [:]
    private var logins: [String: Login?] = [:]
    private var tokens: [TokenKey: CachedToken] = [:]
    private var pending: [TokenKey: TokenRequest] = [:]
    /// Numbers requests and the callers that wait.
    private var count = 0

    init(credentials: any CredentialSource, transport: Transport, clock: RegistryClock) {
        self.credentials = credentials
        self.transport = transport
        self.clock = clock
    }

    /// The authorization to send preemptively: the kind that the server requested last time.
    func authorization(
        for endpoint: RegistryEndpoint, repository: String, scopes: [TokenScope]
    ) async throws(AttemptError) -> Authorization? {
        guard let scheme = schemes[endpoint] else { return nil }
        return try await authorization(
            scheme, endpoint, repository, TokenScope.merged(scopes), rejected: nil)
    }

    /// What to send after `challenges`; `rejected` is what was sent before and was not accepted. Nil if there is
    /// nothing else to send.
    func answer(
        _ challenges: [Challenge], for endpoint: RegistryEndpoint, repository: String, scopes: [TokenScope],
        rejected: Authorization?
    ) async throws(AttemptError) -> Authorization? {
        var offered = Self.offered(challenges, by: endpoint)
        // A token that has expired may be rejected without a word about how to get another.
        if challenges.isEmpty, let known = schemes[endpoint] { offered = [(known, [])] }
        var first: AttemptError?
        for (scheme, asked) in offered {
            do throws(AttemptError) {
                let found = try await answer(
                    scheme, asked, for: endpoint, repository: repository, scopes: scopes, rejected: rejected)
                if let found { return found }
            } catch {
                // Where the token server refuses, the registry may still accept the login itself.
                guard error.status != nil, !error.isTemporary else { throw error }
                first = first ?? error
            }
        }
        if let first { throw first }
        return nil
    }

    private func answer(
        _ scheme: Scheme, _ asked: [TokenScope], for endpoint: RegistryEndpoint, repository: String,
        scopes: [TokenScope], rejected: Authorization?
    ) async throws(AttemptError) -> Authorization? {
        let merged = TokenScope.merged(scopes + asked)
        guard
            let found = try await authorization(scheme, endpoint, repository, merged, rejected: rejected),
            found != rejected
        else { return nil }
        schemes[endpoint] = scheme
        if case .bearer(let server) = scheme {
            // The next request of this kind begins with this token.
            let owner = try await owner(endpoint, repository).name
            func key(_ scopes: [TokenScope]) -> TokenKey {
                TokenKey(endpoint: endpoint, server: server, owner: owner, scopes: scopes)
            }
            if let token = tokens[key(merged)] { tokens[key(TokenScope.merged(scopes))] = token }
        }
        return found
    }

    /// The supported ways to authenticate that a server offers: tokens before passwords.
    private static func offered(
        _ challenges: [Challenge], by endpoint: RegistryEndpoint
    ) -> [(Scheme, [TokenScope])] {
        var offered: [(Scheme, [TokenScope])] = []
        for challenge in challenges where challenge.scheme == "bearer" {
            if let server = TokenServer(challenge, at: endpoint.address("")) {
                offered.append((.bearer(server), TokenScope.parse(challenge.parameters["scope"] ?? "")))
            }
        }
        if challenges.contains(where: { $0.scheme == "basic" }) { offered.append((.basic, [])) }
        return offered
    }

    private func authorization(
        _ scheme: Scheme, _ endpoint: RegistryEndpoint, _ repository: String, _ scopes: [TokenScope],
        rejected: Authorization?
    ) async throws(AttemptError) -> Authorization? {
        let (owner, login) = try await owner(endpoint, repository)
        switch scheme {
        case .basic:
            return login.map {
                Authorization(
                    value: $0.basic, hasLogin: true, loginSource: $0.source, secrets: $0.secrets)
            }
        case .bearer(let server):
            let key = TokenKey(endpoint: endpoint, server: server, owner: owner, scopes: scopes)
            if let token = tokens[key], token.authorization != rejected,
                token.expiresAt > clock.monotonicSeconds()
            {
                return token.authorization
            }
            return try await token(key, login)
        }
    }

    /// Asks once for all callers that want the same at the same time, and stops when none of them waits any more.
    private func token(_ key: TokenKey, _ login: Login?) async throws(AttemptError) -> Authorization {
        guard !Task.isCancelled else { throw AttemptError(.cancelled) }
        count += 1
        let number = count
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if pending[key] == nil { begin(key, login) }
                pending[key]?.waiting[number] = continuation
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
        let asked = clock.monotonicSeconds()
        let task = Task {
            let result: Result<Authorization, AttemptError>
            do throws(AttemptError) {
                let token = try await key.server.token(
                    for: key.scopes, login: login, mayBePlain: !key.endpoint.isSecure, over: transport)
                let authorization = Authorization(
                    value: "Bearer \(token.value)", hasLogin: login != nil, loginSource: login?.source,
                    secrets: [token.value])
                // A little earlier than the server says: it must arrive in time as well.
                let expiresAt = asked + token.lifetime - min(10, token.lifetime / 2)
                self.keep(CachedToken(authorization: authorization, expiresAt: expiresAt), for: key)
                result = .success(authorization)
            } catch { result = .failure(error) }
            self.end(key, number, result)
        }
        pending[key] = TokenRequest(number: number, task: task)
    }

    private func end(_ key: TokenKey, _ number: Int, _ result: Result<Authorization, AttemptError>) {
        guard let request = pending[key], request.number == number else { return }
        pending[key] = nil
        for continuation in request.waiting.values { continuation.resume(returning: result) }
    }

    /// A canceled caller waits no more; with the last one the request ends.
    private func leave(_ key: TokenKey, _ number: Int) {
        guard let continuation = pending[key]?.waiting.removeValue(forKey: number) else { return }
        continuation.resume(returning: .failure(AttemptError(.cancelled)))
        guard pending[key]?.waiting.isEmpty == true else { return }
        pending[key]?.task.cancel()
        pending[key] = nil
    }

    private func keep(_ token: CachedToken, for key: TokenKey) { tokens[key] = token }

    /// The login for a repository, with a name that distinguishes logins.
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
