/// How registries are spoken to.
public struct RegistrySettings: Sendable {
    public var credentials: any CredentialSource
    public var mirrors: RegistryMirrors
    public var proxies: ProxySettings
    /// Certificates, PEM or DER, whose servers are trusted besides those that the system trusts.
    public var certificateFiles: [String]
    public var retries: RetryPolicy
    /// Called, on any thread, with a line about what takes longer than it should: a mirror that does not answer, a wait.
    public var onNote: @Sendable (String) -> Void
    public var clock = RegistryClock.system

    public init(
        credentials: any CredentialSource = NoCredentials(), mirrors: RegistryMirrors = RegistryMirrors(),
        proxies: ProxySettings = ProxySettings(), certificateFiles: [String] = [],
        retries: RetryPolicy = .default, onNote: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.credentials = credentials
        self.mirrors = mirrors
        self.proxies = proxies
        self.certificateFiles = certificateFiles
        self.retries = retries
        self.onNote = onNote
    }
}

extension RegistrySettings {
    /// Seconds after which a request to a registry and its mirrors has been given up for certain: every
    /// attempt stalls, and every server asks for as much patience as it is given.
    var patience: Double {
        let attempt =
            retries.stallSeconds + retries.connectSeconds + retries.longestRetryAfter + retries.longestDelay
        return attempt * Double(retries.attempts) * Double(1 + mirrors.count)
    }
}
