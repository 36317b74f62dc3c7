import NetworkSupport
import OCI
import Registry
import Synchronization
import Testing

/// Registries that ask for a login or a token in a way of their own.
@Suite struct ChallengesInTheFieldTests {
    private static let image = SampleImage()
    private static let basic = "Basic dGVzdGVyOmNvcnJlY3QgaG9yc2U="

    private func pull(
        login: Login? = Login(username: "tester", password: "correct horse", source: "/the/file"),
        _ script: @escaping @Sendable (RecordedRequest) -> ScriptedServer.Reply?
    ) async throws -> (error: RegistryError?, requests: [RecordedRequest]) {
        let server = try await ScriptedServer { request, _ in script(request) }
        let reference = try ImageReference("\(server.name)/a/b:1")
        var settings = RegistrySettings(retries: hastyRetries)
        if let login { settings.credentials = FixedLogin(value: login) }
        var failure: RegistryError?
        do {
            try await withClient(settings) { (client) async throws in
                #expect(try await client.manifest(reference).bytes == Self.image.manifest)
                #expect(try await client.manifest(reference).bytes == Self.image.manifest)
            }
        } catch let error as RegistryError { failure = error }
        await server.close()
        return (failure, server.requests)
    }

    private static func token(_ value: String = "t0ken-value") -> ScriptedServer.Reply {
        .init(200, text: #"{"access_token":"\#(value)","expires_in":300}"#)
    }

    /// What stands in `WWW-Authenticate`; all lead to `/token`.
    @Test(arguments: [
        #"Bearer realm="/token",service="x""#, #"BEARER Realm=/token"#, #"bearer realm="../token""#,
        #"Basic realm="a, \"b\"", Bearer realm="/token""#, #"Negotiate, Bearer realm="/token" service="x""#,
        "Bearer realm=/token?account=a,service=x,scope=repository:a/b:pull,push,error=\"invalid_token\"",
    ])
    func aTokenIsAskedFor(challenge: String) async throws {
        let (error, requests) = try await pull { request in
            if request.path == "/token" { return Self.token() }
            return request.header("Authorization") == "Bearer t0ken-value"
                ? .init(200, [:], Self.image.manifest) : .init(401, ["WWW-Authenticate": challenge])
        }
        #expect(error == nil, "\(String(describing: error))")
        let asked = try #require(requests.first { $0.path == "/token" })
        #expect(asked.parameters("scope").first?.hasPrefix("repository:a/b:pull") == true)
        if challenge.contains("account") { #expect(asked.parameters("account") == ["a"]) }
    }

    @Test("Where the token server refuses, the login itself may do")
    func basicAfterBearer() async throws {
        let (error, _) = try await pull { request in
            if request.path == "/token" { return .init(405) }
            return request.header("Authorization") == Self.basic
                ? .init(200, [:], Self.image.manifest)
                : .init(401, ["WWW-Authenticate": #"Bearer realm="/token", Basic realm="x""#])
        }
        #expect(error == nil, "\(String(describing: error))")
    }

    @Test(
        "An expired token is replaced, whether the registry says how or not, with 401 or 403",
        arguments: [401, 403], [true, false])
    func expiredTokens(status: Int, saysHow: Bool) async throws {
        let tokens = Mutex(0)
        let uses = Mutex<[String: Int]>([:])
        let (error, requests) = try await pull { request in
            if request.path == "/token" {
                let number = tokens.withLock { count in
                    count += 1
                    return count
                }
                return Self.token("t0ken-\(number)")
            }
            let challenge = ["WWW-Authenticate": #"Bearer realm="/token""#]
            guard let sent = request.header("Authorization") else { return .init(401, challenge) }
            let used = uses.withLock { uses in
                uses[sent, default: 0] += 1
                return uses[sent] ?? 0
            }
            // Each is good for one request.
            if used == 1 { return .init(200, [:], Self.image.manifest) }
            return .init(status, saysHow || status == 403 ? challenge : [:])
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(requests.count { $0.path == "/token" } == 2)
    }

    @Test func aRefusedLoginIsNamed() async throws {
        for refusesAtTheTokenServer in [true, false] {
            let (error, _) = try await pull { request in
                if request.path == "/token" {
                    return refusesAtTheTokenServer ? .init(401, text: "who is tester?") : Self.token()
                }
                return .init(
                    401, ["WWW-Authenticate": #"Bearer realm="/token""#], Array("who is tester?".utf8))
            }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("(HTTP 401): who is tester?"), "\(text)")
            #expect(text.contains("the login from /the/file may do that"), "\(text)")
        }
    }
}
