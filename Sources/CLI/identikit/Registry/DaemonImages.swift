import OCI
import Registry

/// The images of the daemon that `--docker` asks for.
struct DaemonImages {
    private let daemon: DockerDaemon
    private let reporter: Reporter

    /// Nil, and told, if nobody named a daemon and there is none: everything may be had without one, as with
    /// LinuxKit.
    init?(reporter: Reporter) throws {
        var daemon = try DockerDaemon()
        guard !daemon.isAbsent else {
            reporter.warning("--docker: there is no daemon; images come from the cache and from registries")
            return nil
        }
        daemon.onNote = { reporter.note($0) }
        self.daemon = daemon
        self.reporter = reporter
    }

    /// Brings what the daemon has into `layout` and returns the requests that are left: for what it lacks, for what
    /// is wanted for several platforms at once, which is not a daemon's to have, and for what was made here.
    func take(
        _ requests: [ImagePuller.Request], into layout: ImageLayout, except madeHere: Set<ImageReference>
    ) async throws -> [ImagePuller.Request] {
        var left: [ImagePuller.Request] = []
        for request in requests {
            guard request.platforms.count == 1, !madeHere.contains(request.reference) else {
                left.append(request)
                continue
            }
            reporter.progress("asking the Docker daemon for \(request.reference)")
            let isTaken = try await daemon.fetch(
                request.reference, platform: request.platforms[0], into: layout)
            if !isTaken { left.append(request) }
        }
        return left
    }
}
