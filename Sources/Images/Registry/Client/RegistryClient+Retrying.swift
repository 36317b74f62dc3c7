internal import Host
internal import OCI
internal import Synchronization

extension RegistryClient {
    /// Has `attempt` ask the mirrors of a registry in turn, then the registry itself.
    func atEndpoints<T>(
        _ subject: Subject, progress: () -> UInt64 = { 0 },
        _ attempt: (RegistryEndpoint) async throws(AttemptError) -> T
    ) async throws(RegistryError) -> T {
        let (mirrors, own) = try settings.mirrors.servers(for: subject.registry)
        let unreachable = learned.withLock { $0.unreachable }
        var without: [RegistryEndpoint] = []
        for endpoint in mirrors where !unreachable.contains(endpoint) {
            do throws(RegistryError) {
                return try await retrying(
                    subject, at: endpoint.description, attempts: min(2, settings.retries.attempts),
                    progress: progress
                ) { () throws(AttemptError) in try await attempt(endpoint) }
            } catch {
                switch error.problem {
                case .cancelled, .stream: throw error
                case .notFound: without.append(endpoint)
                case .unreachable:
                    learned.withLock { _ = $0.unreachable.insert(endpoint) }
                    fallthrough
                default: settings.onNote("skipping mirror \(endpoint): \(error.problem)")
                }
            }
        }
        do throws(RegistryError) {
            return try await retrying(
                subject, at: own.description, attempts: settings.retries.attempts, progress: progress
            ) { () throws(AttemptError) in try await attempt(own) }
        } catch {
            var error = error
            error.mirrorsWithout = without.map(\.description)
            throw error
        }
    }

    /// Has `attempt` ask the registry itself: for what is written.
    func atRegistry<T>(
        _ subject: Subject, progress: () -> UInt64 = { 0 },
        _ attempt: (RegistryEndpoint) async throws(AttemptError) -> T
    ) async throws(RegistryError) -> T {
        let (_, own) = try settings.mirrors.servers(for: subject.registry)
        return try await retrying(
            subject, at: own.description, attempts: settings.retries.attempts, progress: progress
        ) { () throws(AttemptError) in try await attempt(own) }
    }

    /// Progress that makes an attempt worth as much as a first one, in bytes.
    private static let worthwhile: UInt64 = 64 << 10

    /// Repeats `attempt` as the retry policy says. Attempts that moved `progress` on do not count.
    func retrying<T>(
        _ subject: Subject, at endpoint: String?, attempts: Int, progress: () -> UInt64 = { 0 },
        _ attempt: () async throws(AttemptError) -> T
    ) async throws(RegistryError) -> T {
        var failures = 0
        var damaged = 0
        var total = 0
        var best = progress()
        while true {
            total += 1
            do throws(AttemptError) { return try await attempt() } catch {
                let reached = progress()
                let moved = reached >= best + Self.worthwhile
                best = max(best, reached)
                failures = moved ? 1 : failures + 1
                // What is damaged a third time was not damaged on the way. The transfer starts over, and so does what
                // counts as progress.
                if case .damaged = error.cause {
                    damaged += 1
                    best = reached
                }
                // Unknown names and absent servers rarely appear within minutes, and the user is waiting.
                let limit = error.isUnreachable ? min(attempts, 3) : attempts
                guard error.isTemporary, failures < limit, damaged < 3,
                    let delay = settings.retries.delay(
                        afterFailures: failures, retryAfter: error.retryAfter, chance: HostRandom.fraction)
                else { throw subject.error(error, at: endpoint, attempts: total) }
                if failures > 1 || delay >= 5 {
                    let place = error.origin ?? endpoint ?? subject.registry
                    settings.onNote(
                        "\(place): \(error.note); retrying in \(Int(delay.rounded(.up))) s")
                }
                do { try await settings.clock.sleep(delay) } catch {
                    throw subject.error(AttemptError(.cancelled), at: endpoint, attempts: total)
                }
            }
        }
    }
}

extension AttemptError {
    fileprivate var retryAfter: Double? {
        if case .status(_, _, let seconds, _) = cause { seconds } else { nil }
    }
}
