internal import OCI
internal import Registry

/// The images of the Docker or Podman daemon.
struct DaemonImages: Sendable {
    private let daemon: DockerDaemon
    private let events: @Sendable (BuildEvent) -> Void

    /// Nil, with a warning, if nobody named a daemon and none listens: a build can do without, as with LinuxKit.
    init?(events: @escaping @Sendable (BuildEvent) -> Void) throws {
        var daemon = try DockerDaemon()
        guard !daemon.isAbsent else {
            events(.warning(.noDaemon))
            return nil
        }
        daemon.onNote = { events(.note($0)) }
        self.daemon = daemon
        self.events = events
    }

    /// Brings what the daemon has into `layout` and returns the requests that are left: for what it does not have,
    /// for several platforms at once, which no daemon has, and for what is built locally.
    func take(
        _ requests: [ImagePuller.Request], into layout: ImageLayout, except builtLocally: Set<ImageReference>
    ) async throws -> [ImagePuller.Request] {
        var left: [ImagePuller.Request] = []
        for request in requests {
            guard request.platforms.count == 1, !builtLocally.contains(request.reference) else {
                left.append(request)
                continue
            }
            events(.askingDaemon(request.reference))
            let isTaken = try await daemon.fetch(
                request.reference, platform: request.platforms[0], into: layout)
            if !isTaken { left.append(request) }
        }
        return left
    }
}
