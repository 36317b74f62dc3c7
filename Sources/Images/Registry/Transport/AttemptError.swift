internal import Bytes
internal import OCI

/// Why one attempt failed, which decides whether a retry can help.
struct AttemptError: Error, Equatable, Sendable {
    enum Cause: Equatable, Sendable {
        /// No connection could be made: host not found, connection refused, no route.
        case unreachable(String)
        /// Plain HTTP was used with a server that requires TLS.
        case wantsTLS
        /// The connection ended.
        case cut(String)
        /// The response is not valid HTTP.
        case notHTTP
        /// Nothing was received for longer than the policy allows.
        case stalled
        /// An unexpected HTTP status. `retryAfter` is in seconds, if the server sent it.
        case status(Int, message: String, retryAfter: Double?, hadCredentials: Bool)
        /// The received content is invalid: perhaps damaged in transit.
        case damaged(RegistryError.Problem)
        /// Not yet known to the registry, which is still processing a request whose response was lost.
        case unsettled(RegistryError.Problem)
        /// A retry cannot help.
        case final(RegistryError.Problem)
        case cancelled
    }

    var cause: Cause
    /// Scheme, host and port, if it is another server than the first one.
    var origin: String?
    /// True if the response is from the target of a redirect: blob storage, where logins do not apply.
    var isElsewhere = false
    /// The source of the login that was sent with the request.
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

    /// True if a later retry may succeed.
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

    /// The text shown while waiting for a retry.
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

    /// The error to report when there is no further retry. `what` was not found if the status is 404.
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
            // The code alone adds nothing to the status.
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
