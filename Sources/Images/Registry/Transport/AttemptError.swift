internal import Bytes
internal import OCI

/// Why one attempt at something failed: what decides whether another can help.
struct AttemptError: Error, Equatable, Sendable {
    enum Cause: Equatable, Sendable {
        /// No connection came about: the name is not known, nobody listens, no way there.
        case unreachable(String)
        /// Plain HTTP was spoken to a server of TLS.
        case wantsTLS
        /// The connection ended.
        case cut(String)
        /// What came over the connection is not HTTP.
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
    /// True if a redirect led to the server that answered: a store of blobs, which knows nothing of logins.
    var isElsewhere = false
    /// Where the login that went with the request was read from.
    var loginSource: String?

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
        case .status(let status, let message, _, _):
            status == 408 || (500...599).contains(status) && status != 501
                || ServerMessage.isRateLimit(status, message)
        case .wantsTLS, .final, .cancelled: false
        }
    }

    var isUnreachable: Bool { if case .unreachable = cause { true } else { false } }

    /// How it is shown while a caller waits.
    var note: String {
        switch cause {
        case .unreachable(let reason), .cut(let reason): reason
        case .wantsTLS: "the server requires TLS"
        case .notHTTP: "invalid HTTP response"
        case .stalled: "the connection stalled"
        case .status(let status, let message, _, _):
            "HTTP \(status)" + (message.isEmpty ? "" : ": \(message)")
        case .final(let problem), .damaged(let problem), .unsettled(let problem): "\(problem)"
        case .cancelled: "canceled"
        }
    }

    /// What remains to be said when no further attempt is made. `what` was not found if the answer was 404.
    func problem(attempts: Int, what: String) -> RegistryError.Problem {
        switch cause {
        case .unreachable(let reason): .unreachable(reason: reason)
        case .wantsTLS: .unreachable(reason: "the server requires TLS, but plain HTTP was used")
        case .cut, .notHTTP, .stalled: .interrupted(attempts: attempts, reason: note)
        case .final(let problem), .damaged(let problem), .unsettled(let problem): problem
        case .cancelled: .cancelled
        case .status(let status, let message, let delay, let hadCredentials):
            problem(status, message, delay, hadCredentials, attempts, what)
        }
    }

    private func problem(
        _ status: Int, _ message: String, _ delay: Double?, _ hadCredentials: Bool, _ attempts: Int,
        _ what: String
    ) -> RegistryError.Problem {
        if isTemporary {
            return .unavailable(
                status: status, attempts: attempts, message: Self.words(message, delay: delay))
        }
        if status == 404 {
            // The code alone says no more than the status.
            let isPlain = ["MANIFEST_UNKNOWN", "BLOB_UNKNOWN", "NOT_FOUND"].contains { message.hasPrefix($0) }
            return .notFound("\(what) not found", message: isPlain ? "" : message)
        }
        if isElsewhere, (400...499).contains(status) {
            return .storageRefused(status: status, message: message)
        }
        return status == 401 || status == 403
            ? .denied(status: status, hadCredentials: hadCredentials, message: message)
            : .refused(status: status, message: message)
    }

    private static func words(_ message: String, delay: Double?) -> String {
        guard let delay, delay >= 1 else { return message }
        let wish = "it asks to wait \(UInt64(min(delay, 1e9))) s"
        return message.isEmpty ? wish : "\(message); \(wish)"
    }
}
