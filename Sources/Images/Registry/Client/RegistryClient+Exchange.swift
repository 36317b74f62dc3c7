internal import HTTP
internal import OCI
internal import Synchronization

/// A request to a registry, before a login or token is added.
struct RegistryCall: Sendable {
    var method: HTTPMethod
    /// Below `/v2/REPOSITORY/`, or a whole URL that the registry gave.
    var target: Target
    var headers: HTTPHeaders = [:]
    var body: WebBody?
    /// With these a token allows it.
    var scopes: [TokenScope]
    /// True if the answer is known by its digest.
    var isContentAddressed = false
    var coding = ContentCoding.undone()

    enum Target: Sendable {
        case path(String, query: [(name: String, value: String)] = [])
        case address(WebAddress)
    }
}

extension RegistryClient {
    /// Sends `call` once for `repository` (its path in the registry), authenticated as the server requires,
    /// following redirects, and passes the response to `handle`, with any status except 401.
    func send<T>(
        _ call: RegistryCall, at endpoint: RegistryEndpoint, repository: String,
        handle: (Answer) async throws(AttemptError) -> T
    ) async throws(AttemptError) -> T {
        var endpoint = endpoint
        if endpoint.maySpeakTLS, speaksTLS(endpoint) == true { endpoint.isSecure = true }
        let first: AttemptError
        do throws(AttemptError) {
            return try await sendRedirected(call, at: endpoint, repository: repository, handle: handle)
        } catch { first = endpoint.isSecure ? error.from(endpoint) : error }
        guard endpoint.maySpeakTLS, !endpoint.isSecure, case .path = call.target,
            first.cause == .wantsTLS || couldBeTLS(first, call, endpoint)
        else { throw first }
        endpoint.isSecure = true
        do throws(AttemptError) {
            return try await sendRedirected(call, at: endpoint, repository: repository, handle: handle)
        } catch {
            let error = error.from(endpoint)
            switch error.cause {
            // A certificate that cannot be trusted is an answer in TLS. A canceled request has no answer at all.
            case .final(.untrusted), .final(.configuration), .cancelled: throw error
            default: break
            }
            // A server that does not answer to TLS either has another problem.
            if first.cause != .wantsTLS, speaksTLS(endpoint) != true { throw first }
            throw error
        }
    }

    /// What servers of TLS do when plain HTTP comes: Go's answer 400, in words that HEAD does not bring; others
    /// close the connection, or answer with a record of TLS.
    private func couldBeTLS(_ failure: AttemptError, _ call: RegistryCall, _ endpoint: RegistryEndpoint)
        -> Bool
    {
        switch failure.cause {
        case .cut, .notHTTP: speaksTLS(endpoint) == nil
        case .status(400, _, _, _): call.method == .HEAD
        default: false
        }
    }

    /// Nil as long as the server has not answered.
    private func speaksTLS(_ endpoint: RegistryEndpoint) -> Bool? {
        learned.withLock { $0.speakTLS[endpoint.authority] }
    }

    private func learn(_ endpoint: RegistryEndpoint, from answer: Answer) {
        guard endpoint.maySpeakTLS, endpoint.isSecure || answer.status != 400 else { return }
        learned.withLock { $0.speakTLS[endpoint.authority] = endpoint.isSecure }
    }

    /// Sends `call`, and once more if the storage that it was redirected to refuses it: the URL may have expired, and
    /// the registry signs a new one.
    private func sendRedirected<T>(
        _ call: RegistryCall, at endpoint: RegistryEndpoint, repository: String,
        handle: (Answer) async throws(AttemptError) -> T
    ) async throws(AttemptError) -> T {
        do throws(AttemptError) {
            return try await sendAuthenticated(call, at: endpoint, repository: repository, handle: handle)
        } catch {
            let mayHelp = call.method == .GET || call.method == .HEAD
            guard error.isElsewhere, mayHelp, [400, 401, 403, 404, 410].contains(error.status) else {
                throw error
            }
        }
        return try await sendAuthenticated(call, at: endpoint, repository: repository, handle: handle)
    }

    private func sendAuthenticated<T>(
        _ call: RegistryCall, at endpoint: RegistryEndpoint, repository: String,
        handle: (Answer) async throws(AttemptError) -> T
    ) async throws(AttemptError) -> T {
        // A mirror may have its copies below a path: logins and tokens are for what they are called there.
        let name = endpoint.repository(repository)
        let scopes = call.scopes.map { $0.at(endpoint) }
        var authorization = try await authenticator.authorization(
            for: endpoint, repository: name, scopes: scopes)
        var round = 0
        while true {
            let request = request(call, at: endpoint, repository: repository, authorization)
            let sent = authorization
            let outcome: Outcome<T> = try await transport.follow(
                request, allowsPlain: call.isContentAddressed
            ) {
                (answer) throws(AttemptError) -> Outcome<T> in
                learn(endpoint, from: answer)
                var answer = answer
                answer.hadCredentials = sent?.hasLogin == true
                answer.secrets = sent?.secrets ?? []
                answer.loginSource = sent?.loginSource
                let challenges = Challenge.all(answer.headers["www-authenticate"])
                // Some registries answer 403 to a token that has expired, with a challenge as for 401. The login for
                // the registry must not be sent to another server.
                guard answer.status == 401 || answer.status == 403 && !challenges.isEmpty,
                    answer.address.hasSameOrigin(as: endpoint.address(""))
                else { return .answered(try await handle(answer)) }
                return .challenged(challenges, await answer.failure())
            }
            switch outcome {
            case .answered(let value): return value
            case .challenged(let challenges, let failure):
                guard round < 3,
                    let next = try await authenticator.answer(
                        challenges, for: endpoint, repository: name, scopes: scopes, rejected: sent
                    )
                else { throw failure }
                authorization = next
                round += 1
            }
        }
    }

    private enum Outcome<T> {
        case answered(T)
        case challenged([Challenge], AttemptError)
    }

    private func request(
        _ call: RegistryCall, at endpoint: RegistryEndpoint, repository: String,
        _ authorization: Authenticator.Authorization?
    ) -> WebRequest {
        let own = endpoint.address("")
        var request: WebRequest
        switch call.target {
        case .path(let path, let query):
            var address = endpoint.address("\(endpoint.repository(repository))/\(path)")
            if !query.isEmpty { address = address.adding(query) }
            request = WebRequest(call.method, address, headers: call.headers, body: call.body)
        case .address(let address):
            request = WebRequest(call.method, address, headers: call.headers, body: call.body)
        }
        request.coding = call.coding
        if let authorization, request.address.hasSameOrigin(as: own) {
            request.headers.replaceOrAdd(name: "authorization", value: authorization.value)
        }
        return request
    }
}

extension AttemptError {
    /// The same with the server that was asked, unless it names another.
    fileprivate func from(_ endpoint: RegistryEndpoint) -> AttemptError {
        var copy = self
        copy.origin = origin ?? endpoint.description
        return copy
    }
}
