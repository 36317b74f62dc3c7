internal import Host
internal import OCI
internal import Synchronization

/// Speaks to registries (OCI distribution specification 1.1, and Docker's registry API where they differ).
///
/// What can be read is asked of mirrors first, in their order, then of the registry; what is written goes to
/// the registry. What may go well the next time is tried again. Every method may be called by many at once;
/// canceling the task that called ends it soon, with the problem `cancelled`.
public final class RegistryClient: Sendable {
    let settings: RegistrySettings
    let transport: Transport
    let authenticator: Authenticator
    let learned = Mutex(Learned())

    /// What the servers taught.
    struct Learned {
        /// Whether registries on loopback that have answered speak TLS.
        var speakTLS: [String: Bool] = [:]
        /// Mirrors that do not answer.
        var unreachable: Set<RegistryEndpoint> = []
    }

    /// Throws if a certificate file cannot be used.
    public init(_ settings: RegistrySettings) throws(RegistryError) {
        self.settings = settings
        transport = try Transport(
            proxies: settings.proxies, certificateFiles: settings.certificateFiles, retries: settings.retries)
        authenticator = Authenticator(
            credentials: settings.credentials, transport: transport, clock: settings.clock)
    }

    /// Ends all connections. Nothing can be asked afterwards.
    public func close() async { await transport.close() }
}

/// The subject of a request, for errors and notes.
struct Subject: Sendable {
    let registry: String
    /// As the user knows it.
    let reference: String?
    /// What was not found if the answer is 404.
    var what: String
    /// False for a file at a URL.
    var isRegistry = true

    init(_ reference: ImageReference, what: String = "manifest") {
        registry = reference.registry
        self.reference = reference.description
        self.what = what
    }

    init(registry: String, reference: String, what: String) {
        self.registry = registry
        self.reference = reference
        self.what = what
    }

    func error(_ failure: AttemptError, at endpoint: String?, attempts: Int) -> RegistryError {
        var error = RegistryError(
            registry: registry, endpoint: failure.origin ?? endpoint, reference: reference,
            failure.problem(attempts: attempts, what: what))
        error.loginSource = failure.loginSource
        error.isRegistry = isRegistry
        return error
    }
}
