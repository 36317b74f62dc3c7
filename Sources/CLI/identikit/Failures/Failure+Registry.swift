import Registry

extension Failure {
    init(registry error: RegistryError) {
        let status: ExitStatus =
            switch error.problem {
            case .stream(let stream): Failure(stream: stream).status
            case .unreachable, .untrusted, .denied, .unavailable, .storageRefused, .refused, .interrupted,
                .noLibrary,
                .cancelled:
                .unavailable
            case .notFound: .missingInput
            case .wrongContent, .protocolViolation: .invalidInput
            case .credentials, .configuration: .usage
            }
        self.init("\(error)", status)
    }
    init(daemon error: DaemonError) {
        let status: ExitStatus =
            switch error.problem {
            case .notUnderstood, .wantsTLS: .usage
            case .unreachable, .refused, .interrupted: .unavailable
            case .notTheAPI: .invalidInput
            }
        self.init("\(error)", status)
    }
}
