public import Registry

/// The one registry client of a command. Most builds find all they need in the cache and never make it.
public actor RegistryAccess {
    private let settings: RegistrySettings
    private var made: RegistryClient?
    private var madeFailFast: RegistryClient?

    public init(_ settings: RegistrySettings) { self.settings = settings }

    public func client() throws -> RegistryClient {
        if let made { return made }
        let client = try RegistryClient(settings)
        made = client
        return client
    }

    /// For what may fail without harm: it gives up sooner.
    public func failFastClient() throws -> RegistryClient {
        if let madeFailFast { return madeFailFast }
        var settings = settings
        settings.retries = RetryPolicy(attempts: 3, longestDelay: 2, stallSeconds: 30, connectSeconds: 5)
        let client = try RegistryClient(settings)
        madeFailFast = client
        return client
    }

    public func close() async {
        await made?.close()
        await madeFailFast?.close()
        made = nil
        madeFailFast = nil
    }

    /// Runs `body` and closes what it opened, also when it fails.
    public static func with<T>(
        _ settings: RegistrySettings, _ body: (RegistryAccess) async throws -> T
    ) async throws -> T {
        let access = RegistryAccess(settings)
        do {
            let result = try await body(access)
            await access.close()
            return result
        } catch {
            await access.close()
            throw error
        }
    }
}
