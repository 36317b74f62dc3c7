internal import OCI
internal import Synchronization
internal import Foundation
internal import JSON

extension RegistryService {
    /// 401 unless the request may do what it wants.
    func refusal(_ request: RecordedRequest, _ route: Route) -> Answer? {
        if let login = options.login {
            return basic(request, login) ? nil : challenge(request)
        }
        guard let rules = options.tokens else { return nil }
        guard let token = bearer(request) else { return challenge(request) }
        let needed = Self.scopes(request, route)
        let isGood = state.withLock { $0.tokens.use(token, for: needed, limit: rules.usesPerToken) }
        return isGood ? nil : challenge(request)
    }

    /// 401 with what is asked for (RFC 7235, RFC 6750; the token authentication specification).
    func challenge(_ request: RecordedRequest) -> Answer {
        var value = "Basic realm=\"tests\""
        if let rules = options.tokens {
            let realm = rules.realm ?? url.withLock { $0 } + "/token"
            value = "Bearer realm=\"\(realm)\",service=\"tests\""
            if let route = Route(request.path), route.kind != .base {
                let actions = request.method == "GET" || request.method == "HEAD" ? "pull" : "pull,push"
                value += ",scope=\"repository:\(route.repository):\(actions)\""
            }
        }
        return Answer.error(401, "UNAUTHORIZED", "authentication required").with("WWW-Authenticate", value)
    }

    func bearer(_ request: RecordedRequest) -> String? {
        guard let header = request.header("Authorization"), header.hasPrefix("Bearer ") else { return nil }
        return String(header.dropFirst("Bearer ".count))
    }

    func mayPull(_ repository: String, _ request: RecordedRequest, _ tokens: TokenBook) -> Bool {
        guard options.tokens != nil else { return true }
        return bearer(request).map { tokens.covers($0, "repository:\(repository):pull") } ?? false
    }

    /// Gives a token: `GET` with basic authentication, or `POST` with a form (OAuth 2).
    func token(_ request: RecordedRequest, _ body: [UInt8]) -> Answer {
        guard let rules = options.tokens else { return Answer(status: 404) }
        let form = RecordedRequest.form(String(decoding: body, as: UTF8.self))
        func field(_ name: String) -> String? { form.first { $0.name == name }?.value }
        let isKnown: Bool
        if request.method == "POST" {
            isKnown =
                switch field("grant_type") {
                case "refresh_token":
                    rules.identityToken != nil && field("refresh_token") == rules.identityToken
                case "password":
                    rules.login != nil && field("username") == rules.login?.username
                        && field("password") == rules.login?.password
                default: false
                }
        } else {
            isKnown = rules.login.map { basic(request, $0) } ?? (rules.identityToken == nil)
        }
        let isAnonymous = request.method == "GET" && request.header("Authorization") == nil
        guard isKnown || isAnonymous && rules.anonymousPull else {
            return .error(401, "UNAUTHORIZED", "wrong login")
        }
        let asked = request.parameters("scope") + form.filter { $0.name == "scope" }.map(\.value)
        let scopes = asked.flatMap { $0.split(separator: " ") }.flatMap { Self.single(String($0)) }
        let granted = Set(scopes.filter { isKnown || $0.hasSuffix(":pull") })
        let token = state.withLock { $0.tokens.issue(granted) }
        var object: JSONObject = [rules.field: .text(token)]
        if let lifetime = rules.lifetime { object["expires_in"] = .number(lifetime) }
        return .json(.object(object))
    }

    private func basic(
        _ request: RecordedRequest, _ login: (username: String, password: String)
    ) -> Bool {
        let text = Data("\(login.username):\(login.password)".utf8).base64EncodedString()
        return request.header("Authorization") == "Basic \(text)"
    }

    private static func scopes(_ request: RecordedRequest, _ route: Route) -> [String] {
        guard route.kind != .base else { return [] }
        let action = request.method == "GET" || request.method == "HEAD" ? "pull" : "push"
        return ["repository:\(route.repository):\(action)"]
    }

    /// `repository:a/b:pull,push` as one scope an action.
    private static func single(_ scope: String) -> [String] {
        guard let colon = scope.lastIndex(of: ":") else { return [] }
        return scope[scope.index(after: colon)...].split(separator: ",").map { "\(scope[...colon])\($0)" }
    }
}
