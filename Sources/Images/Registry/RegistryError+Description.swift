internal import Bytes
internal import Digests
internal import Host

extension RegistryError: CustomStringConvertible {
    /// What, where, and what to do.
    public var description: String {
        var text = ""
        if let reference { text = "\(reference): " } else if !registry.isEmpty { text = "\(registry): " }
        if let endpoint, !isLocal { text += "\(endpoint): " }
        text += problem.description
        if !mirrorsWithout.isEmpty {
            text += " (nor at \(mirrorsWithout.joined(separator: ", ")), asked before)"
        }
        return text + advice.map { "; \($0)" }.joined()
    }

    /// True if it went wrong here, and no server has to do with it.
    private var isLocal: Bool {
        switch problem {
        case .stream, .noLibrary: true
        default: false
        }
    }

    private var advice: [String] {
        switch problem {
        case .unreachable: ["check the name of the registry and the network"]
        case .untrusted:
            ["name the certificate of its authority with --cert-file if it is your own"]
        case .denied(401, false, _), .denied(403, false, _):
            ["check the name, or log in with: docker login\(ofDocker) (or skopeo login \(registry))"]
        case .denied:
            ["check the name, and that this login may do that; log in anew with: docker login\(ofDocker)"]
        case .notFound: ["check the name"]
        case .unavailable: ["try again later; what was complete is kept"]
        case .interrupted: ["try again; what was complete is kept"]
        case .wrongContent: ["nothing of it was used; tell who runs the registry"]
        case .stream(.system(_, _, SystemErrors.noSpace)):
            ["make room, for instance with cache clean --unused, which removes parts of downloads as well"]
        case .credentials, .configuration, .refused, .protocolViolation, .noLibrary, .stream, .cancelled: []
        }
    }

    /// Docker's own registry is the one that it logs in to if none is named.
    private var ofDocker: String { registry == "docker.io" ? "" : " \(registry)" }
}

extension RegistryError.Problem: CustomStringConvertible {
    public var description: String {
        func after(_ message: String) -> String { message.isEmpty ? "" : " (\(message))" }
        func attempts(_ count: Int) -> String { count == 1 ? "" : " after \(count) attempts" }
        switch self {
        case .unreachable(let reason): return "cannot be reached: \(reason)"
        case .untrusted(let reason): return "is not trusted: \(reason)"
        case .denied(let status, let hadCredentials, let message):
            return
                "access is denied\(hadCredentials ? " to this login" : ""), status \(status)\(after(message))"
        case .notFound(let what): return "\(what) is not there"
        case .unavailable(429, let count, let message):
            return "the registry asks for fewer requests, status 429\(attempts(count))\(after(message))"
        case .unavailable(let status, let count, let message):
            return
                "the registry does not serve at the moment, status \(status)\(attempts(count))\(after(message))"
        case .refused(let status, let message):
            return "the request was refused, status \(status)\(after(message))"
        case .interrupted(let count, let reason): return "the transfer failed\(attempts(count)): \(reason)"
        case .wrongContent(let expected, let found, let size):
            return
                "wrong content: \(size) bytes with the digest sha256:\(found.hex) came for sha256:\(expected.hex)"
        case .protocolViolation(let reason), .credentials(let reason), .configuration(let reason),
            .noLibrary(let reason):
            return reason
        case .stream(let error): return "\(error)"
        case .cancelled: return "canceled"
        }
    }
}
