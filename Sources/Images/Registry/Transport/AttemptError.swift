internal import OCI
internal import Bytes

/// Why one attempt at something failed: what decides whether another can help.
struct AttemptError: Error, Equatable, Sendable {
    enum Cause: Equatable, Sendable {
        /// No connection came about: the name is not known, nobody listens, no way there.
        case unreachable(String)
        /// Plain HTTP was spoken to a server of TLS.
        case wantsTLS
        /// The connection ended.
        case cut(String)
        /// What came over the connection is no HTTP.
        case notHTTP
        /// Nothing came for longer than the policy bears.
        case stalled
        /// An answer that is not what was asked for. Seconds to wait, where the server says so.
        case status(Int, message: String, retryAfter: Double?, hadCredentials: Bool)
        /// What came is not what it must be: damaged on the way, perhaps.
        case damaged(RegistryError.Problem)
        /// What the registry does not know yet, because it is still busy with a request whose answer was lost.
        case unsettled(RegistryError.Problem)
        /// Another attempt cannot help.
        case final(RegistryError.Problem)
        case cancelled
    }

    var cause: Cause
    /// Scheme, host and port, where it was another server than the one first asked.
    var origin: String?

    init(_ cause: Cause, origin: String? = nil) {
        self.cause = cause
        self.origin = origin
    }

    static func damaged(_ reason: String) -> AttemptError {
        AttemptError(.damaged(.protocolViolation(reason: reason)))
    }

    static func violation(_ reason: String) -> AttemptError {
        AttemptError(.final(.protocolViolation(reason: reason)))
    }

    var status: Int? { if case .status(let status, _, _, _) = cause { status } else { nil } }

    /// True if the same may go well in a while.
    var isTemporary: Bool {
        switch cause {
        case .unreachable, .cut, .notHTTP, .stalled, .damaged, .unsettled: true
        case .status(let status, _, _, _):
            status == 408 || status == 429 || (500...599).contains(status) && status != 501
        case .wantsTLS, .final, .cancelled: false
        }
    }

    var isUnreachable: Bool { if case .unreachable = cause { true } else { false } }

    /// How it is told while a caller waits.
    var note: String {
        switch cause {
        case .unreachable(let reason), .cut(let reason): reason
        case .wantsTLS: "speaks TLS only"
        case .notHTTP: "what came is no HTTP"
        case .stalled: "nothing came any more"
        case .status(let status, let message, _, _): "\(status)" + (message.isEmpty ? "" : ", \(message)")
        case .final(let problem), .damaged(let problem), .unsettled(let problem): "\(problem)"
        case .cancelled: "canceled"
        }
    }

    private static func told(_ message: String, delay: Double?) -> String {
        guard let delay, delay >= 1 else { return message }
        let wish = "it asks to wait \(UInt64(min(delay, 1e9))) s"
        return message.isEmpty ? wish : "\(message); \(wish)"
    }

    /// What is left to say when nobody tries any more. `what` is not there if the answer was 404.
    func problem(attempts: Int, what: String) -> RegistryError.Problem {
        switch cause {
        case .unreachable(let reason): .unreachable(reason: reason)
        case .wantsTLS: .unreachable(reason: "it speaks TLS, and plain HTTP was asked for")
        case .cut(let reason): .interrupted(attempts: attempts, reason: reason)
        case .notHTTP: .interrupted(attempts: attempts, reason: "what came is no HTTP")
        case .stalled: .interrupted(attempts: attempts, reason: "nothing came any more")
        case .final(let problem), .damaged(let problem), .unsettled(let problem): problem
        case .cancelled: .cancelled
        case .status(404, _, _, _): .notFound(what: what)
        case .status(let status, let message, _, let hadCredentials) where status == 401 || status == 403:
            .denied(status: status, hadCredentials: hadCredentials, message: message)
        case .status(let status, let message, let delay, _):
            isTemporary
                ? .unavailable(
                    status: status, attempts: attempts, message: Self.told(message, delay: delay))
                : .refused(status: status, message: message)
        }
    }
}
