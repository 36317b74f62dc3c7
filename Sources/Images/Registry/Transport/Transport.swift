internal import HTTP

/// Sends requests: straight or through proxies, with so many connections at most, trusting who is trusted.
final class Transport: Sendable {
    /// Requests under way at once.
    private static let connections = 24
    private let proxies: ProxySettings
    private let client: HTTPClient
    private let slots = Slots(Transport.connections)

    init(
        proxies: ProxySettings, certificateFiles: [String], retries: RetryPolicy
    ) throws(RegistryError) {
        self.proxies = proxies
        var settings = HTTPSettings(
            connectSeconds: retries.connectSeconds, stallSeconds: retries.stallSeconds)
        settings.connections = Self.connections
        settings.moreRoots = try TrustRoots.list(certificateFiles)
        client = HTTPClient(settings)
    }

    /// Sends `request` once, without following redirects, and has `handle` take the answer.
    /// `handle` must send no request: it holds one of the places.
    func send<T>(
        _ request: WebRequest, handle: (Answer) async throws(AttemptError) -> T
    ) async throws(AttemptError) -> T {
        let route = try Route(to: request.address, proxies)
        guard await slots.enter() else { throw AttemptError(.cancelled) }
        defer { slots.leave() }
        let answer: Answer
        do throws(HTTPFailure) { answer = try await self.answer(request, route) } catch {
            throw route.failure(AttemptError(reading: error))
        }
        if answer.status == 407 { throw AttemptError(.final(.proxyLogin)) }
        return try await handle(answer)
    }

    private func answer(_ request: WebRequest, _ route: Route) async throws(HTTPFailure) -> Answer {
        var message = route.message(request)
        var response = try await client.send(message)
        var isDecoded = request.coding.applies(to: response.headers)
        if isDecoded, !message.decodesContent {
            // Whether to decode must be known before the answer comes. It is rare enough to ask again; and a part
            // of what is encoded cannot be decoded.
            message.decodesContent = true
            message.headers.remove(name: "range")
            response = try await client.send(message)
            isDecoded = ContentCoding.isEncoded(response.headers)
        }
        return Answer(response, from: request.address, isDecoded: isDecoded)
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
    func close() async { await client.close() }
}
