internal import Bytes
internal import Host
internal import JSON

/// A program that keeps logins: `docker-credential-NAME`, with the protocol of Docker's credential helpers.
struct CredentialHelper: Sendable {
    private let program: String

    struct Limits: Sendable {
        /// Where helpers are looked for, written as `PATH` is; nil for the usual folders.
        let folders: String?
        /// How long one may take.
        let seconds: Int
    }

    /// Nil if `name` is no part of a file's name.
    init?(_ name: String) {
        guard !name.isEmpty, !name.contains("/"), !name.contains("\0") else { return nil }
        program = "docker-credential-\(name)"
    }

    /// The login that it has for `address`; nil if it says that it has none.
    ///
    /// Errors name the helper and never show what it wrote, which may be a secret. `registry` is for messages.
    func login(at address: String, of registry: String, within limits: Limits) async throws(RegistryError)
        -> Login?
    {
        func failed(_ reason: String) -> RegistryError {
            RegistryError(
                registry: registry, .credentials(reason: "the credential helper \(program) \(reason)"))
        }
        guard let path = Command.find(program, in: limits.folders) else {
            throw failed("is not installed or not in PATH; install it, or take it out of the configuration")
        }
        let result: Command.Result
        do throws(CommandError) {
            result = try await Command(path, ["get"], input: Array(address.utf8), timeLimit: limits.seconds)
                .runAside()
        } catch .notStarted(_, let reason) {
            throw failed("could not be started: \(reason)")
        } catch {
            throw failed("failed")
        }
        guard result.status == 0 else {
            // The protocol says failure with a message on standard output, and has this one for what is not
            // there.
            if result.outputText.contains("credentials not found") { return nil }
            throw failed(
                result.status == 137
                    ? "did not answer within \(limits.seconds) seconds"
                    : "failed with exit code \(result.status); to see why, run: echo \(address) | \(program) get"
            )
        }
        guard let answer = try? JSONValue(parsing: result.output), answer.object != nil,
            let username = answer["Username"]?.string, let secret = answer["Secret"]?.string
        else { throw failed("answered with something other than a JSON object with Username and Secret") }
        if secret.isEmpty { return nil }
        return username == "<token>"
            ? Login(username: "", password: "", identityToken: secret)
            : Login(username: username, password: secret)
    }
}
