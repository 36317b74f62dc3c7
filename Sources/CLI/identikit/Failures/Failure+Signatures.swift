import Signatures

extension Failure {
    /// What is not signed as it must be: the same for pulls, builds and boot files.
    init(signature error: SignatureError) {
        switch error.problem {
        case .lookup(let lookup):
            self.init("\(error)", lookup.failure.status)
        case .unsigned, .insufficient, .rejected, .noRule: self.init("\(error)", .notAllowed)
        }
    }
}

extension SignatureLookupError {
    /// The wording of the cause by itself.
    fileprivate var failure: Failure {
        switch cause {
        case .image(let error): Failure(error) ?? Failure("\(error)", .software)
        case .registry(let error): Failure(error) ?? Failure("\(error)", .unavailable)
        }
    }
}
