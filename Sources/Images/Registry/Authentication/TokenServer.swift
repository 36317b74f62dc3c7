internal import Bytes
internal import JSON
internal import HTTP

/// Where tokens come from and what for, as a Bearer challenge says (Docker registry documentation, "Token
/// Authentication Specification").
struct TokenServer: Hashable, Sendable {
    let realm: WebAddress
    let service: String?

    /// Nil if `challenge`, received from `address`, has no usable realm URL.
    init?(_ challenge: Challenge, at address: WebAddress) {
        guard let text = challenge.parameters["realm"], !text.isEmpty, let realm = address.resolving(text)
        else { return nil }
        self.realm = realm
        service = challenge.parameters["service"]
    }

    /// Asks for a token. `mayBePlain`: the registry itself is spoken to without TLS.
    func token(
        for scopes: [TokenScope], login: Login?, mayBePlain: Bool, over transport: Transport
    ) async throws(AttemptError) -> Token {
        if login != nil, !realm.isSecure, !mayBePlain, !realm.server.isLoopback {
            throw .violation(
                "it requests sending the login to \(realm) without TLS, which would expose it on the network"
            )
        }
        return try await transport.follow(request(scopes, login), allowsPlain: false) {
            (answer) throws(AttemptError) in
            guard answer.status == 200 else {
                var answer = answer
                answer.secrets = login?.secrets ?? []
                answer.loginSource = login?.source
                var failure = await answer.failure()
                if case .status(let status, let message, let delay, _) = failure.cause {
                    // A token server that knows nothing of scopes answers 400 or 404 to a wrong login as well.
                    failure.cause = .status(
                        [400, 404].contains(status) && login != nil && !failure.isTemporary ? 401 : status,
                        message: message, retryAfter: delay, hadCredentials: login != nil)
                }
                // The target of a token server's redirect is not blob storage.
                failure.isElsewhere = false
                failure.origin = failure.origin ?? realm.origin
                throw failure
            }
            let bytes = try await answer.bytes(limit: 1 << 20, of: "the token from \(realm)")
            guard let token = Token(parsing: bytes) else {
                throw .damaged("\(realm) answered without a token")
            }
            return token
        }
    }

    private func request(_ scopes: [TokenScope], _ login: Login?) -> WebRequest {
        let items = service.map { [(name: "service", value: $0)] } ?? []
        let texts = scopes.map(\.description)
        if let login, let refresh = login.identityToken, !refresh.isEmpty {
            let form = WebAddress.form(
                [
                    (name: "grant_type", value: "refresh_token"), (name: "refresh_token", value: refresh),
                    (name: "client_id", value: "identikit"),
                    (name: "scope", value: texts.joined(separator: " ")),
                ] + items)
            var request = WebRequest(
                .POST, realm, headers: ["content-type": "application/x-www-form-urlencoded"],
                body: .bytes(Array(form.utf8)))
            request.hasSecretBody = true
            return request
        }
        var request = WebRequest(
            .GET, realm.adding(items + texts.map { (name: "scope", value: $0) }))
        if let login { request.headers.add(name: "authorization", value: login.basic) }
        return request
    }
}

extension Login {
    /// RFC 7617 §2.
    var basic: String { "Basic \(encoded)" }

    private var encoded: String { Base64.encode(Array("\(username):\(password)".utf8)) }

    /// Secrets that must not be shown, plain and form-encoded.
    var secrets: [String] {
        let plain = [password, encoded, identityToken ?? ""].filter { !$0.isEmpty }
        return plain + plain.map { String(WebAddress.form([(name: "", value: $0)]).dropFirst()) }
    }
}

/// What a registry takes as proof for a while.
struct Token: Sendable {
    let value: String
    /// Lifetime in seconds, counted from the request.
    let lifetime: Double

    /// Nil if the answer `bytes` has no token that could be sent.
    init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes) else { return nil }
        let values = [document["token"]?.string, document["access_token"]?.string].compactMap { $0 }
        guard let value = values.first(where: { !$0.isEmpty }),
            value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.value = value
        // The specification: 60 where nothing is said.
        lifetime = Double(document["expires_in"]?.int ?? 60)
    }
}
