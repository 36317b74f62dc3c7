/// Why an image could not be read from a Docker or podman daemon.
public struct DaemonError: Error, Equatable, Sendable {
    /// In the format of `DOCKER_HOST`: `unix:///var/run/docker.sock`.
    public let address: String
    /// The requested image; nil if the error occurred before a request.
    public var reference: String?
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// `DOCKER_HOST` is neither `unix:///path` nor `tcp://host:port`.
        case notUnderstood
        /// `DOCKER_TLS_VERIFY` requires TLS, which is not supported.
        case wantsTLS
        /// Nothing listens there, or this user has no permission.
        case unreachable(reason: String)
        /// An unexpected HTTP status.
        case refused(status: Int, message: String)
        /// The connection ended before the image was complete.
        case interrupted(reason: String)
        /// An invalid response for the Docker Engine API.
        case notTheAPI(reason: String)
    }

    init(address: String, reference: String? = nil, _ problem: Problem) {
        self.address = address
        self.reference = reference
        self.problem = problem
    }
}

extension DaemonError: CustomStringConvertible {
    /// What failed, where, and what to do.
    public var description: String {
        let place = (reference.map { "\($0): " } ?? "") + "the Docker daemon at \(address)"
        return switch problem {
        case .notUnderstood:
            "DOCKER_HOST must be unix:///path/of/the.sock or tcp://host:port; "
                + "for a daemon on another machine forward its socket: ssh -L /path/here.sock:/path/there.sock"
        case .wantsTLS:
            "\(place) requires TLS (DOCKER_TLS_VERIFY), which is not supported; "
                + "use its socket, forwarded with ssh if it is on another machine"
        case .unreachable(let reason):
            "\(place) cannot be reached: \(reason); start it, set DOCKER_HOST, or build without --docker"
        case .refused(let status, let message):
            "\(place) refused the request (HTTP \(status))\(message.isEmpty ? "" : ": \(message)")"
        case .interrupted(let reason):
            "\(place): the transfer of the image was interrupted: \(reason); the content was discarded, try again"
        case .notTheAPI(let reason):
            "\(place) sent an invalid Docker API response: \(reason); check DOCKER_HOST"
        }
    }
}
