public import Digests

/// Why an image is not accepted: it is not signed as a rule asks.
public struct SignatureError: Error, Equatable, Sendable {
    /// The image as the user knows it.
    public let image: String
    /// The digest that had to be signed.
    public let digest: SHA256Digest
    /// The rule by its name in the policy, or the option that set it.
    public let rule: String
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// No signature of either layout was found.
        case unsigned
        /// Signatures are there, and each fails for its own reason.
        case invalid([String])
        /// The rule refuses the image whatever its signatures.
        case rejected
    }

    public init(image: String, digest: SHA256Digest, rule: String, _ problem: Problem) {
        self.image = image
        self.digest = digest
        self.rule = rule
        self.problem = problem
    }
}
