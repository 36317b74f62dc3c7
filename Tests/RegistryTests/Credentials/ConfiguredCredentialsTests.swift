import Registry
import TestSupport
import Testing

@Suite struct ConfiguredCredentialsTests {
    /// `me:s3cret`.
    static let encoded = "bWU6czNjcmV0"
    static let login = Login(username: "me", password: "s3cret")

    private static func credentials(
        _ directory: TemporaryDirectory, _ environment: [String: String] = [:]
    ) -> ConfiguredCredentials {
        // The directory for the session, so that nothing of this machine is read.
        let environment = environment.merging(["XDG_RUNTIME_DIR": "\(directory.path)/run"]) { own, _ in own }
        return ConfiguredCredentials(environment: { environment[$0] }, home: directory.path, user: 4_000_000)
    }

    private static func login(_ text: String, for name: String) async throws -> Login? {
        let directory = try TemporaryDirectory()
        try directory.write(".docker/config.json", text)
        let login = try await credentials(directory).login(for: name)
        withExtendedLifetime(directory) {}
        return login
    }

    /// The key in `auths`, and a name that it is for.
    @Test(arguments: [
        ("ghcr.io", "ghcr.io"), ("ghcr.io", "GHCR.io"), ("ghcr.io", "ghcr.io/linuxkit/init"),
        ("https://ghcr.io", "ghcr.io"), ("https://ghcr.io/v1/", "ghcr.io"),
        ("http://ghcr.io/v2", "ghcr.io/a"),
        ("ghcr.io/", "ghcr.io"), ("ghcr.io/v1/", "ghcr.io"), ("localhost:5000", "localhost:5000"),
        ("https://localhost:5000/v1/", "localhost:5000/a/b"), ("[::1]:5000", "[::1]:5000"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("https://index.docker.io/v1/", "docker.io/library/redis"),
        ("docker.io", "docker.io"), ("index.docker.io", "docker.io/a/b"),
        ("registry-1.docker.io", "docker.io"),
        ("docker.io", "index.docker.io"), ("quay.io/team", "quay.io/team"),
        ("quay.io/team", "quay.io/team/app"),
        ("quay.io/team/app", "quay.io/team/app"),
    ])
    func aKeyIsFor(key: String, name: String) async throws {
        let found = try await Self.login(#"{"auths": {"\#(key)": {"auth": "\#(Self.encoded)"}}}"#, for: name)
        #expect(found == Self.login)
    }

    @Test(arguments: [
        ("ghcr.io", "docker.io"), ("ghcr.io", "ghcr.io:443"), ("localhost:5000", "localhost:5001"),
        ("localhost:5000", "localhost"), ("quay.io/team", "quay.io"), ("quay.io/team", "quay.io/teams/app"),
        ("quay.io/team/app", "quay.io/team"), ("index.docker.io.evil", "docker.io"),
        ("docker.io", "a.docker.io"),
    ])
    func aKeyIsNotFor(key: String, name: String) async throws {
        let found = try await Self.login(#"{"auths": {"\#(key)": {"auth": "\#(Self.encoded)"}}}"#, for: name)
        #expect(found == nil)
    }

    @Test func theLongestPartOfTheNameCounts() async throws {
        let text = """
            {"auths": {
              "quay.io": {"username": "all", "password": "1"},
              "quay.io/team": {"username": "team", "password": "2"},
              "quay.io/team/app": {"username": "app", "password": "3"}
            }}
            """
        for (name, username) in [
            ("quay.io/team/app/part", "app"), ("quay.io/team/app", "app"), ("quay.io/team/other", "team"),
            ("quay.io/elsewhere", "all"), ("quay.io", "all"),
        ] {
            #expect(try await Self.login(text, for: name)?.username == username, "\(name)")
        }
    }

    /// An entry, and the login that it is.
    @Test(arguments: [
        (#"{"auth": "bWU6czNjcmV0"}"#, login), (#"{"username": "me", "password": "s3cret"}"#, login),
        // What is encoded goes first.
        (#"{"auth": "bWU6czNjcmV0", "username": "you", "password": "x", "email": "me@example.com"}"#, login),
        // A password with colons; one padded by old versions of Docker; one in other letters than ASCII.
        (#"{"auth": "bWU6YTpiOmM="}"#, Login(username: "me", password: "a:b:c")),
        (#"{"auth": "bWU6czNjcmV0AAA="}"#, login),
        (#"{"auth": "bcO8OnDDpHNz"}"#, Login(username: "mü", password: "päss")),
        (
            #"{"auth": "", "identitytoken": "t0ken"}"#,
            Login(username: "", password: "", identityToken: "t0ken")
        ),
        (
            #"{"auth": "PHRva2VuPjo=", "identitytoken": "t0ken"}"#,
            Login(username: "<token>", password: "", identityToken: "t0ken")
        ),
        (#"{"auth": null, "username": "me", "password": "s3cret", "identitytoken": null}"#, login),
    ])
    func anEntryIs(entry: String, login: Login) async throws {
        #expect(try await Self.login(#"{"auths": {"ghcr.io": \#(entry)}}"#, for: "ghcr.io") == login)
    }

    @Test(arguments: [
        "{}", #"{"auths": {}}"#, #"{"auths": null, "credHelpers": null, "credsStore": null}"#,
        #"{"auths": {"ghcr.io": {}}}"#, #"{"auths": {"ghcr.io": {"auth": ""}}}"#, #"{"credsStore": ""}"#,
        #"{"HttpHeaders": {"a": "b"}, "psFormat": 3}"#, "",
        // What is wrong with others' entries does not matter.
        #"{"auths": {"quay.io": {"auth": "%"}, "": 3}, "credHelpers": {"quay.io": 1}}"#,
    ])
    func aFileMayHaveNone(text: String) async throws {
        #expect(try await Self.login(text, for: "ghcr.io") == nil)
    }

    @Test func anEmptyEntryHidesNoOther() async throws {
        let text = #"{"auths": {"ghcr.io": {}, "https://ghcr.io/v1/": {"auth": "bWU6czNjcmV0"}}}"#
        #expect(try await Self.login(text, for: "ghcr.io") == Self.login)
    }

    /// A file, and what the error names; the error never says what was there.
    @Test(arguments: [
        (#"{"auths": {"ghcr.io": {"auth": "s3cret"}}}"#, #"auths."ghcr.io".auth is not the Base64"#),
        (#"{"auths": {"ghcr.io": {"auth": "czNjcmV0"}}}"#, #"auths."ghcr.io".auth is not the Base64"#),
        (
            #"{"auths": {"ghcr.io": {"auth": 73313}}}"#,
            #"auths."ghcr.io".auth is an integer, must be a string"#
        ),
        (#"{"auths": {"ghcr.io": {"password": ["s3cret"]}}}"#, #"auths."ghcr.io".password is an array"#),
        (#"{"auths": {"ghcr.io": "s3cret"}}"#, #"auths."ghcr.io" is a string, must be an object"#),
        (#"{"auths": ["s3cret"]}"#, "auths is an array, must be an object"),
        (#"["s3cret"]"#, "is an array, must be an object"),
        (#"{"auths": s3cret}"#, "is not JSON from byte 10 on"),
        (#"{"credsStore": 5}"#, "credsStore is an integer, must be a string"),
        (#"{"credsStore": "../../bin/sh"}"#, "credsStore must be the end of a program's name"),
        (#"{"credHelpers": {"ghcr.io": {}}}"#, #"credHelpers."ghcr.io" is an object"#),
        (#"{"credHelpers": "s3cret"}"#, "credHelpers is a string, must be an object"),
    ])
    func whatIsWrongIsNamedNotShown(text: String, told: String) async throws {
        let error = try await #require(throws: RegistryError.self) {
            try await Self.login(text, for: "ghcr.io/a")
        }
        guard case .credentials(let reason) = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(reason.contains("/.docker/config.json: \(told)"))
        #expect(!reason.contains("s3cret") && !reason.contains("czNjcmV0") && !reason.contains("73313"))
        #expect(error.registry == "ghcr.io")
    }

    @Test func aFileThatCannotBeReadIsToldOf() async throws {
        let directory = try TemporaryDirectory()
        try directory.write(".docker/config.json/folder", "")
        let credentials = Self.credentials(directory)
        await #expect(throws: RegistryError.self) { try await credentials.login(for: "ghcr.io") }
        withExtendedLifetime(directory) {}
    }

    /// Each file knows one registry of its own, and all of them one in common.
    @Test func filesAreAskedInOrder() async throws {
        let directory = try TemporaryDirectory()
        func write(_ path: String, _ name: String) throws {
            let entry = #"{"username": "\#(name)", "password": "x"}"#
            try directory.write(
                path, #"{"auths": {"\#(name).example": \#(entry), "all.example": \#(entry)}}"#)
        }
        try write(".docker/config.json", "docker")
        try write("elsewhere/config.json", "elsewhere")
        try write("run/containers/auth.json", "session")
        try write(".config/containers/auth.json", "home")
        try write("xdg/containers/auth.json", "xdg")
        try write("only.json", "only")
        func expect(_ environment: [String: String], _ names: [String], first: String) async throws {
            let credentials = Self.credentials(directory, environment)
            for name in ["docker", "elsewhere", "session", "home", "xdg", "only"] {
                let login = try await credentials.login(for: "\(name).example")
                #expect(login?.username == (names.contains(name) ? name : nil), "\(environment)")
            }
            #expect(try await credentials.login(for: "all.example")?.username == first, "\(environment)")
        }
        try await expect([:], ["docker", "session", "home"], first: "docker")
        try await expect(
            ["DOCKER_CONFIG": "\(directory.path)/elsewhere", "XDG_CONFIG_HOME": "\(directory.path)/xdg"],
            ["elsewhere", "session", "xdg"], first: "elsewhere")
        try await expect(
            ["DOCKER_CONFIG": "\(directory.path)/nowhere"], ["session", "home"], first: "session")
        try await expect(["REGISTRY_AUTH_FILE": "\(directory.path)/only.json"], ["only"], first: "only")
        let none = Self.credentials(directory, ["REGISTRY_AUTH_FILE": "\(directory.path)/none.json"])
        #expect(try await none.login(for: "all.example") == nil)
    }

    @Test func filesAreReadWhenFirstNeeded() async throws {
        let directory = try TemporaryDirectory()
        let credentials = Self.credentials(directory)
        try directory.write(".docker/config.json", #"{"auths": {"ghcr.io": {"auth": "\#(Self.encoded)"}}}"#)
        #expect(try await credentials.login(for: "ghcr.io") == Self.login)
    }

    @Test func aLoginKnowsItsFile() async throws {
        let directory = try TemporaryDirectory()
        try directory.write(".docker/config.json", #"{"auths": {"ghcr.io": {"auth": "\#(Self.encoded)"}}}"#)
        let login = try await Self.credentials(directory).login(for: "ghcr.io")
        #expect(login?.source == "\(directory.path)/.docker/config.json")
    }

    @Test func aLoginPrintsAsNothing() {
        var text = "\(Self.login) \(String(reflecting: Self.login))"
        dump(Self.login, to: &text)
        dump([Self.login as Login?], to: &text)
        #expect(!text.contains("s3cret"))
    }
}
