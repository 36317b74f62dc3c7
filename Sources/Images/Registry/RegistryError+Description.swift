internal import Bytes
internal import Digests
internal import Host

extension RegistryError: CustomStringConvertible {
    /// What failed, where, and what to do.
    public var description: String {
        var text = ""
        if let reference { text = "\(reference): " } else if !registry.isEmpty { text = "\(registry): " }
        if let endpoint, !isLocal { text += "\(endpoint): " }
        text += problem.description
        if !mirrorsWithout.isEmpty {
            let mirrors = mirrorsWithout.count == 1 ? "mirror" : "mirrors"
            text += " (also not found on \(mirrors) \(mirrorsWithout.joined(separator: ", ")))"
        }
        return text + advice.map { "; \($0)" }.joined()
    }

    /// True for a failure on this machine that involves no server.
    private var isLocal: Bool {
        switch problem {
        case .stream, .noLibrary: true
        default: false
        }
    }

    private var advice: [String] {
        guard isRegistry else { return adviceForFiles }
        return switch problem {
        case .unreachable: ["check the name of the registry and the network"]
        case .untrusted: Self.adviceOnTrust
        case .denied(_, false, _):
            ["check the name, or log in with: docker login\(ofDocker) (or skopeo login \(registry))"]
        case .denied:
            [
                "check the name, and that the login\(fromSource) may do that; log in again with: "
                    + "docker login\(ofDocker)"
            ]
        case .notFound: ["check the name"]
        case .unavailable(let status, _, let message) where ServerMessage.isRateLimit(status, message):
            ["log in, wait, or use --mirror"]
        case .unavailable: ["try again later; complete downloads are kept"]
        case .interrupted: ["try again; complete downloads are kept"]
        case .storageRefused:
            ["try again, and check this machine's clock; if it stays so, report it to the registry operator"]
        case .wrongContent: ["the content was discarded; report this to the registry operator"]
        case .stream(.system(_, _, SystemErrors.noSpace)):
            ["free some space, for instance with cache clean --unused, which also removes partial downloads"]
        case .refused(413, _):
            ["the registry, or a proxy before it, limits the size of requests: raise that limit"]
        case .credentials, .configuration, .refused, .protocolViolation, .noLibrary, .stream, .cancelled: []
        }
    }

    /// Advice for a file at a URL, where neither logins nor mirrors apply.
    private var adviceForFiles: [String] {
        switch problem {
        case .unreachable, .notFound, .denied: ["check the URL"]
        case .untrusted: Self.adviceOnTrust
        case .unavailable, .interrupted: ["try again later"]
        default: []
        }
    }

    private static let adviceOnTrust = [
        "name the certificate of its authority with --cert-file if it is your own"
    ]

    private var fromSource: String { loginSource.map { " from \($0)" } ?? "" }

    /// `docker login` without a name logs in to Docker Hub.
    private var ofDocker: String { registry == "docker.io" ? "" : " \(registry)" }
}

extension RegistryError.Problem: CustomStringConvertible {
    public var description: String {
        func after(_ message: String) -> String { message.isEmpty ? "" : ": \(message)" }
        func attempts(_ count: Int) -> String { count == 1 ? "" : " after \(count) attempts" }
        switch self {
        case .unreachable(let reason): return "cannot be reached: \(reason)"
        case .untrusted(let reason): return "is not trusted: \(reason)"
        case .denied(let status, let hadCredentials, let message):
            return
                "access denied\(hadCredentials ? " to this login" : "") (HTTP \(status))\(after(message))"
        case .notFound(let what, let message): return what + after(message)
        case .unavailable(let status, let count, let message):
            let what =
                ServerMessage.isRateLimit(status, message)
                ? "rate limited by the registry" : "registry unavailable"
            return "\(what) (HTTP \(status))\(attempts(count))\(after(message))"
        case .storageRefused(let status, let message):
            return "the registry's storage refused the download (HTTP \(status))\(after(message))"
        case .refused(let status, let message): return "request refused (HTTP \(status))\(after(message))"
        case .interrupted(let count, let reason): return "transfer failed\(attempts(count)): \(reason)"
        case .wrongContent(let expected, let found, let size):
            return
                "wrong content: expected sha256:\(expected.hex), received \(size) bytes with sha256:\(found.hex)"
        case .protocolViolation(let reason), .credentials(let reason), .configuration(let reason),
            .noLibrary(let reason):
            return reason
        case .stream(let error): return "\(error)"
        case .cancelled: return "canceled"
        }
    }
}
