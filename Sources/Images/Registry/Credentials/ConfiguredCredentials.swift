public import Host

/// The logins that `docker login`, `podman login` and `skopeo login` leave behind, in files and with credential
/// helpers.
///
/// `REGISTRY_AUTH_FILE` names the only file, if it is set; else the first of these that knows the registry
/// counts: `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`, then podman's `auth.json` for the session
/// (`$XDG_RUNTIME_DIR/containers` or `/run/containers/UID`) and for good (`$XDG_CONFIG_HOME/containers` or
/// `~/.config/containers`). Files are read when a login is first needed; missing files are skipped.
public struct ConfiguredCredentials: CredentialSource {
    private let answers: Answers

    /// `environment` returns the value of a variable; `home` and `user` are the user's home directory and ID;
    /// `helperSeconds` is how long a credential helper may take, and `onNote` reports one that takes its time.
    public init(
        environment: (String) -> String? = HostEnvironment.variable, home: String = HostEnvironment.home,
        user: UInt32 = HostEnvironment.userIdentifier, helperSeconds: Int = 60,
        clock: RegistryClock = .system, onNote: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        answers = Answers(
            paths: CredentialFile.paths(environment: environment, home: home, user: user),
            helpers: CredentialHelper.Limits(
                directories: environment("PATH"), seconds: helperSeconds, clock: clock, onNote: onNote))
    }

    /// Throws a `credentials` error that names file and field, or the helper, and nothing of what they hold.
    public func login(for registry: String) async throws(RegistryError) -> Login? {
        try await answers.login(for: registry)
    }
}

/// Logins already looked up; concurrent lookups of the same login share one request.
private actor Answers {
    private let paths: [String]
    private let helpers: CredentialHelper.Limits
    private var files: Result<[CredentialFile], RegistryError>?
    private var logins: [String: Task<Result<Login?, RegistryError>, Never>] = [:]

    init(paths: [String], helpers: CredentialHelper.Limits) {
        self.paths = paths
        self.helpers = helpers
    }

    func login(for name: String) async throws(RegistryError) -> Login? {
        if let known = logins[name] { return try await known.value.get() }
        let task = Task { await find(CredentialName(name)) }
        logins[name] = task
        return try await task.value.get()
    }

    private func find(_ name: CredentialName) async -> Result<Login?, RegistryError> {
        do throws(RegistryError) {
            for file in try read(for: name) {
                if let login = try await file.login(for: name, limits: helpers) {
                    return .success(login)
                }
            }
            return .success(nil)
        } catch {
            return .failure(error)
        }
    }

    private func read(for name: CredentialName) throws(RegistryError) -> [CredentialFile] {
        if let files { return try files.get() }
        let result: Result<[CredentialFile], RegistryError>
        do throws(RegistryError) {
            var found: [CredentialFile] = []
            for path in paths {
                if let file = try CredentialFile(path: path, registry: name.registry) { found.append(file) }
            }
            result = .success(found)
        } catch {
            result = .failure(error)
        }
        files = result
        return try result.get()
    }
}
