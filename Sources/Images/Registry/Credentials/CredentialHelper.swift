internal import Bytes
internal import Host
internal import JSON

/// A program that keeps logins: `docker-credential-NAME`, with the protocol of Docker's credential helpers.
struct CredentialHelper: Sendable {
    private let program: String
    /// The field and the file that name it.
    private let origin: String

    struct Limits: Sendable {
        /// Where helpers are looked up, in the format of `PATH`; nil for the default directories.
        let directories: String?
        /// How long one may take.
        let seconds: Int
        let clock: RegistryClock
        let onNote: @Sendable (String) -> Void
    }

    /// Nil if `name` cannot be part of a file's name.
    init?(_ name: String, setBy origin: String) {
        guard !name.isEmpty, !name.contains("/"), !name.contains("\0") else { return nil }
        program = "docker-credential-\(name)"
        self.origin = origin
    }

    /// The login that it has for `address`; nil if it says that it has none.
    ///
    /// Errors name the helper and the file that names it. `registry` is for messages.
    func login(at address: String, of registry: String, within limits: Limits) async throws(RegistryError)
        -> Login?
    {
        func failed(_ reason: String) -> RegistryError {
            RegistryError(
                registry: registry,
                .credentials(reason: "the credential helper \(program) \(reason) (set by \(origin))"))
        }
        guard let path = Command.find(program, in: limits.directories) else {
            throw failed("is not installed or not in PATH; install it, or remove it from the configuration")
        }
        let result: Command.Result
        do throws(CommandError) { result = try await run(path, address, within: limits) } catch {
            if case .notStarted(_, let reason) = error { throw failed("could not be started: \(reason)") }
            throw failed("failed")
        }
        if result.timedOut {
            throw failed(
                "did not answer within \(limits.seconds) seconds; check whether it is waiting for input")
        }
        guard result.status == 0 else {
            // The protocol says failure with a message on standard output, and has this one for a login that the
            // helper does not have.
            let said = [result.outputText, result.errorText].map(ServerMessage.line)
            if said.contains(where: { $0.contains("credentials not found") }) { return nil }
            let end =
                result.status > 128
                ? "was ended by signal \(result.status - 128)" : "failed with exit code \(result.status)"
            let reason = said.lazy.compactMap(Self.explanation).first.map { ": \($0)" } ?? ""
            throw failed("\(end)\(reason); to see more, run: echo \(address) | \(program) get")
        }
        guard let answer = try? JSONValue(parsing: result.output), answer.object != nil,
            let username = answer["Username"]?.string, let secret = answer["Secret"]?.string
        else { throw failed("answered with something other than a JSON object with Username and Secret") }
        if secret.isEmpty { return nil }
        let source = "\(program), set by \(origin)"
        return username == "<token>"
            ? Login(username: "", password: "", identityToken: secret, source: source)
            : Login(username: username, password: secret, source: source)
    }

    /// Seconds after which a helper that takes its time is mentioned: it may wait for a key to be touched.
    private static let patience = 5.0

    private func run(
        _ path: String, _ address: String, within limits: Limits
    ) async throws(CommandError) -> Command.Result {
        let notice = Task {
            try await limits.clock.sleep(Self.patience)
            limits.onNote("waiting for the credential helper \(program) (set by \(origin))")
        }
        defer { notice.cancel() }
        var command = Command(path, ["get"], input: Array(address.utf8), timeLimit: limits.seconds)
        command.clock = limits.clock.monotonicSeconds
        return try await command.runBlocking()
    }

    /// What a helper said about its failure, if it is a sentence: anything else may be a secret, or part of one.
    private static func explanation(_ line: String) -> String? {
        let words = line.split(separator: " ")
        guard words.count > 2, !line.contains("{"), !line.contains("Secret\"") else { return nil }
        return line
    }
}
