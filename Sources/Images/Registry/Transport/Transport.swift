internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Sends requests: straight or through proxies, with so many connections at most, trusting who is trusted.
final class Transport: Sendable {
    /// Requests under way at once.
    private static let connections = 24
    private let proxies: ProxySettings
    private let configuration: HTTPClient.Configuration
    /// One a route: the client library knows only one.
    private let clients = Mutex(Clients())
    private let slots = Slots(Transport.connections)

    private struct Clients {
        var byRoute: [Route: HTTPClient] = [:]
        var isClosed = false
    }

    init(
        proxies: ProxySettings, certificateFiles: [String], retries: RetryPolicy
    ) throws(RegistryError) {
        self.proxies = proxies
        let stall = TimeAmount.milliseconds(Int64(retries.stallSeconds * 1000))
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try TrustRoots.configuration(certificateFiles),
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .milliseconds(Int64(retries.connectSeconds * 1000)), read: stall, write: stall))
        // Another attempt is the retry policy's to decide.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connections
        configuration.httpVersion = .http1Only
        self.configuration = configuration
    }

    deinit { for client in clients.withLock({ Array($0.byRoute.values) }) { Self.shutDown(client) } }

    /// Sends `request` once, without following redirects, and has `handle` take the answer.
    /// `handle` must send no request: it holds one of the places.
    func send<T>(
        _ request: WebRequest, handle: (Answer) async throws(AttemptError) -> T
    ) async throws(AttemptError) -> T {
        let route = try Route(to: request.address, proxies)
        let client = try client(for: route)
        guard await slots.enter() else { throw AttemptError(.cancelled) }
        defer { slots.leave() }
        let response: HTTPClientResponse
        do {
            // How long an answer may take depends on what is sent; a stall ends it, not this.
            response = try await client.execute(route.message(request), deadline: .now() + .hours(24))
        } catch { throw route.failure(AttemptError(reading: error)) }
        if response.status == .proxyAuthenticationRequired { throw AttemptError(.final(.proxyLogin)) }
        return try await handle(Answer(response, from: request.address))
    }

    /// Sends `request` and follows redirects; what is secret stays with the first server.
    func follow<T>(
        _ request: WebRequest, allowsPlain: Bool, handle: (Answer) async throws(AttemptError) -> T
    ) async throws(AttemptError) -> T {
        var current = request
        for _ in 0...Redirect.limit {
            let isForeign = !current.address.hasSameOrigin(as: request.address)
            let sent = current
            let step: Step<T>
            do throws(AttemptError) {
                step = try await send(sent) { (answer) throws(AttemptError) in
                    if let next = try Redirect.next(
                        sent, status: answer.status, location: answer.header("location"),
                        allowsPlain: allowsPlain)
                    {
                        await answer.drain()
                        return .redirect(next)
                    }
                    var answer = answer
                    answer.isForeign = isForeign
                    return .done(try await handle(answer))
                }
            } catch {
                var error = error
                if isForeign { error.origin = error.origin ?? sent.address.origin }
                throw error
            }
            switch step {
            case .done(let value): return value
            case .redirect(let next): current = next
            }
        }
        throw .violation("\(request.address) redirects more than \(Redirect.limit) times")
    }

    private enum Step<T> {
        case done(T)
        case redirect(WebRequest)
    }

    /// Ends all connections; what is under way fails.
    func close() async {
        let all = clients.withLock { clients in
            defer { clients = Clients(isClosed: true) }
            return Array(clients.byRoute.values)
        }
        for client in all { try? await client.shutdown() }
    }

    private func client(for route: Route) throws(AttemptError) -> HTTPClient {
        var configuration = configuration
        try route.apply(to: &configuration)
        let chosen = configuration
        let client: HTTPClient? = clients.withLock { clients in
            if clients.isClosed { return nil }
            if let client = clients.byRoute[route] { return client }
            let client = HTTPClient(configuration: chosen)
            clients.byRoute[route] = client
            return client
        }
        guard let client else { throw AttemptError(.cancelled) }
        return client
    }

    /// A client must be shut down before it goes.
    private static func shutDown(_ client: HTTPClient) {
        client.shutdown().whenComplete { _ in withExtendedLifetime(client) {} }
    }
}
