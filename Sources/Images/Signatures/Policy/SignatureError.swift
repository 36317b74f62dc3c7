public import Digests
internal import OCI

/// Why an image is not accepted: its signatures do not meet a rule.
public struct SignatureError: Error, Equatable, Sendable {
    /// The image as the user named it.
    public let image: String
    /// The digest that had to be signed: the target of the image's name.
    public let digest: SHA256Digest
    /// The rule by its name in the policy, or the option that set it.
    public let rule: String
    /// The policy's file, or the option that set it.
    public let policy: String
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// No signature in either layout was found in any of the places.
        case unsigned(places: [String])
        /// Too few signatures are valid: the keys of the valid ones, how many are needed, and why
        /// each of the others is invalid.
        case insufficient(signers: [String], needed: Int, failures: [SignatureFailure])
        /// Signatures could not be looked up or read.
        case lookup(SignatureLookupError)
        /// The rule rejects the image regardless of its signatures.
        case rejected
        /// No rule matches the image.
        case noRule
    }

    public init(
        image: String, digest: SHA256Digest, rule: String, policy: String, _ problem: Problem
    ) {
        self.image = image
        self.digest = digest
        self.rule = rule
        self.policy = policy
        self.problem = problem
    }
}

/// Why one signature is invalid.
public struct SignatureFailure: Equatable, Sendable, CustomStringConvertible {
    /// Where it was found.
    public let place: String
    /// The manifest that holds it.
    public let manifest: SHA256Digest
    public let reason: String

    public init(place: String, manifest: SHA256Digest, reason: String) {
        self.place = place
        self.manifest = manifest
        self.reason = reason
    }

    public var description: String { "signature \(manifest.oci) in \(place): \(reason)" }
}
