/// What is asked of images, by repository.
public struct ImagePolicy: Sendable, Equatable {
    /// What the policy is called in errors: its file, or the option that made it.
    public var name: String
    public var rules: [Rule]
    /// Whether images of `@pkg:` directories are exempt from the rules.
    public var exemptsPackages: Bool

    public init(name: String, rules: [Rule], exemptsPackages: Bool = false) {
        self.name = name
        self.rules = rules
        self.exemptsPackages = exemptsPackages
    }

    /// Every image must be signed by one of `keys`, as with `--verify-images`.
    public init(requiring keys: [TrustedKey], option: String) {
        let rule = Rule(
            name: option, images: [.everything],
            requirement: .signed(SignedRequirement(keys: keys, threshold: 1)))
        self.init(name: option, rules: [rule])
    }

    /// What is asked of the images of some repositories.
    public struct Rule: Sendable, Equatable {
        public var name: String
        public var images: [RepositoryPattern]
        public var requirement: Requirement

        public init(name: String, images: [RepositoryPattern], requirement: Requirement) {
            self.name = name
            self.images = images
            self.requirement = requirement
        }
    }

    public enum Requirement: Sendable, Equatable {
        /// Images are taken as they are.
        case accept
        /// Images are refused, signed or not.
        case reject
        case signed(SignedRequirement)
    }
}

/// By whom an image must be signed.
public struct SignedRequirement: Sendable, Equatable {
    /// Each key once.
    public var keys: [TrustedKey]
    /// How many of the keys must have signed the image.
    public var threshold: Int
    /// Whether the signed payload must name the repository that the image is taken from.
    public var identity: Identity

    public enum Identity: String, Sendable, CaseIterable {
        /// The name in the payload counts for nothing, as with cosign: the digest says which image is meant.
        case any
        /// The payload names the repository. Bundles name none, so that only simple signing satisfies this.
        case repository
    }

    public init(keys: [TrustedKey], threshold: Int, identity: Identity = .any) {
        self.keys = keys
        self.threshold = threshold
        self.identity = identity
    }
}

extension ImagePolicy {
    /// The rule for a repository: of those with a pattern for it the narrowest; nil if there is none, and its
    /// images are refused.
    func rule(for name: RepositoryName) -> Rule? {
        var best: (rule: Rule, narrowness: Int)?
        for rule in rules {
            for pattern in rule.images {
                guard let narrowness = pattern.narrowness(for: name) else { continue }
                if narrowness > best?.narrowness ?? -1 { best = (rule, narrowness) }
            }
        }
        return best?.rule
    }
}
