import Host
import Registry
import Synchronization
import TestSupport
import Testing

@Suite struct CredentialHelperTests {
    @Test func aHelperIsAskedForItsRegistry() async throws {
        let helper = try Helper(
            """
            read address
            echo "$1 $address" >>CALLS
            case "$address" in
              ghcr.io) echo '{"ServerURL":"ghcr.io","Username":"me","Secret":"s3cret"}' ;;
              *) echo "credentials not found in native keychain"; exit 1 ;;
            esac
            """)
        let credentials = helper.credentials(
            #"{"credHelpers": {"ghcr.io": "NAME", "quay.io": "NAME"}, "auths": {"other.example": {"auth": "YTpi"}}}"#
        )
        #expect(try await credentials.login(for: "ghcr.io/a/b") == Login(username: "me", password: "s3cret"))
        #expect(try await credentials.login(for: "quay.io") == nil)
        #expect(try await credentials.login(for: "other.example") == Login(username: "a", password: "b"))
        #expect(try helper.calls() == ["get ghcr.io", "get quay.io"])
    }

    @Test func theStoreIsForAllOthers() async throws {
        let helper = try Helper(
            #"""
            read address
            echo "{\"Username\":\"at $address\",\"Secret\":\"x\"}"
            """#)
        let credentials = helper.credentials(
            #"{"credsStore": "NAME", "credHelpers": {"plain.example": ""}, "auths": {"plain.example": {"auth": "YTpi"}}}"#
        )
        #expect(try await credentials.login(for: "localhost:5000")?.username == "at localhost:5000")
        #expect(try await credentials.login(for: "plain.example")?.username == "a")
    }

    /// Docker keeps Docker Hub's under a URL, podman under its name.
    @Test func dockerHubHasTwoNames() async throws {
        let helper = try Helper(
            """
            read address
            echo "$address" >>CALLS
            [ "$address" = docker.io ] || { echo "credentials not found in native keychain"; exit 1; }
            echo '{"Username":"me","Secret":"s3cret"}'
            """)
        let credentials = helper.credentials(#"{"credsStore": "NAME"}"#)
        #expect(try await credentials.login(for: "docker.io/library/redis")?.username == "me")
        #expect(try helper.calls() == ["https://index.docker.io/v1/", "docker.io"])
    }

    @Test func aTokenIsAnIdentityToken() async throws {
        let helper = try Helper(#"echo '{"Username":"<token>","Secret":"t0ken"}'"#)
        let login = try await helper.credentials(#"{"credsStore": "NAME"}"#).login(for: "ghcr.io")
        #expect(login == Login(username: "", password: "", identityToken: "t0ken"))
    }

    @Test func theFileAnswersForWhatTheStoreLacks() async throws {
        let helper = try Helper(#"echo "credentials not found in native keychain"; exit 1"#)
        let credentials = helper.credentials(
            #"{"credsStore": "NAME", "auths": {"ghcr.io": {"auth": "YTpi"}}}"#)
        #expect(try await credentials.login(for: "ghcr.io")?.username == "a")
    }

    /// A helper's script, and what is told of its failure.
    @Test(arguments: [
        ("echo s3cret; echo s3cret >&2; exit 3", "failed with exit code 3"),
        (
            "echo '{\"Username\": \"me\", \"Secret\": s3cret}'",
            "answered with something other than a JSON object"
        ),
        ("echo '{\"Username\": \"s3cret\"}'", "answered with something other than a JSON object"),
        ("echo '[\"s3cret\"]'", "answered with something other than a JSON object"),
        ("kill -9 $$", "was ended by signal 9"),
        ("echo no passphrase, sorry; exit 1", "failed with exit code 1: no passphrase, sorry"),
        ("echo no passphrase, sorry >&2; exit 1", "failed with exit code 1: no passphrase, sorry"),
        ("echo '{\"Secret\": \"s3cret\", \"and\": \"more\"}'; exit 1", "failed with exit code 1; "),
    ])
    func aFailureNamesTheHelper(script: String, told: String) async throws {
        let helper = try Helper(script)
        let credentials = helper.credentials(#"{"credsStore": "NAME"}"#)
        let error = try await #require(throws: RegistryError.self) {
            try await credentials.login(for: "ghcr.io")
        }
        guard case .credentials(let reason) = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(reason.contains("docker-credential-\(helper.name) \(told)"), "\(reason)")
        #expect(!reason.contains("s3cret"))
        #expect(
            reason.hasSuffix("(set by credsStore in \(helper.directory.path)/.docker/config.json)"),
            "\(reason)")
    }

    /// A helper that does not answer: alone, in a program that it waits for, and after closing what it writes to.
    @Test(arguments: ["exec sleep 600", "echo $$ >CALLS; sleep 600", "exec >&- 2>&-; sleep 600"])
    func aHelperThatHangsIsGivenUp(script: String) async throws {
        let helper = try Helper(script)
        let clock = TestClock(leap: 10)
        let notes = Mutex<[String]>([])
        let credentials = helper.credentials(#"{"credHelpers": {"ghcr.io": "NAME"}}"#, clock: clock.clock) {
            note in
            notes.withLock { $0.append(note) }
        }
        let error = try await #require(throws: RegistryError.self) {
            try await credentials.login(for: "ghcr.io")
        }
        #expect(
            "\(error.problem)".contains("docker-credential-\(helper.name) did not answer within 60 seconds"))
        #expect(
            notes.withLock { $0.first?.contains("waiting for the credential helper docker-credential-") }
                == true)
    }

    @Test func aLoginKnowsItsHelper() async throws {
        let helper = try Helper(#"echo '{"Username":"me","Secret":"s3cret"}'"#)
        let login = try await helper.credentials(#"{"credsStore": "NAME"}"#).login(for: "ghcr.io")
        #expect(
            login?.source
                == "docker-credential-\(helper.name), set by credsStore in \(helper.directory.path)/.docker/config.json"
        )
    }

    @Test func aMissingHelperIsNamed() async throws {
        let helper = try Helper("")
        let credentials = helper.credentials(#"{"credHelpers": {"ghcr.io": "none-such-here"}}"#)
        let error = try await #require(throws: RegistryError.self) {
            try await credentials.login(for: "ghcr.io")
        }
        #expect("\(error.problem)".contains("docker-credential-none-such-here is not installed"))
        #expect(try await credentials.login(for: "quay.io") == nil)
    }

    @Test func manyWhoAskAtOnceAreOneQuestion() async throws {
        let helper = try Helper(#"echo x >>CALLS; echo '{"Username":"me","Secret":"s3cret"}'"#)
        let credentials = helper.credentials(#"{"credsStore": "NAME"}"#)
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 {
                group.addTask { try await credentials.login(for: "ghcr.io")?.username }
            }
            for try await username in group { #expect(username == "me") }
        }
        #expect(try helper.calls() == ["x"])
    }
}

/// A helper of one test's.
private final class Helper {
    let directory: TemporaryDirectory
    let name = "of-the-tests"

    /// `CALLS` in the script is a file for what it wants to tell.
    init(_ script: String) throws {
        directory = try TemporaryDirectory()
        let text = "#!/bin/sh\n" + script.replacing("CALLS", with: "\(directory.path)/calls") + "\n"
        // Another process writes it: while this one does, processes that other tests start inherit the open file for a
        // moment, and the system refuses to run what is open for writing.
        let path = "\(directory.path)/docker-credential-\(name)"
        try Tool.run("sh", ["-c", #"cat > "$0" && chmod +x "$0""#, path], input: Array(text.utf8))
    }

    func credentials(
        _ configuration: String, clock: RegistryClock = .system,
        onNote: @escaping @Sendable (String) -> Void = { _ in }
    ) -> ConfiguredCredentials {
        _ = try? directory.write(".docker/config.json", configuration.replacing("NAME", with: name))
        let variables = ["XDG_RUNTIME_DIR": "\(directory.path)/run", "PATH": directory.path]
        return ConfiguredCredentials(
            environment: { variables[$0] }, home: directory.path, user: 4_000_000, clock: clock,
            onNote: onNote)
    }

    func calls() throws -> [String] {
        String(decoding: try directory.read("calls"), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
