/// How registries are spoken to.
public struct RegistrySettings: Sendable {
    public var credentials: any CredentialSource
    public var mirrors: RegistryMirrors
    public var proxies: ProxySettings
    /// Certificates, PEM or DER, whose servers are trusted besides those that the system trusts.
    public var certificateFiles: [String]
    public var retries: RetryPolicy
    /// Is told in a line what takes longer than it should: a mirror that does not answer, a wait. Called on
    /// any thread.
    public var onNote: @Sendable (String) -> Void

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
    /// Seconds after which whoever asks a registry and its mirrors for one thing has given up for certain: every
    /// attempt stalls, and every server asks for as much patience as it is given.
    var patience: Double {
        let attempt =
            retries.stallSeconds + retries.connectSeconds + retries.longestRetryAfter + retries.longestDelay
        return attempt * Double(retries.attempts) * Double(1 + mirrors.count)
    }
}
