public import Digests
internal import OCI

/// Why an image is not accepted: it is not signed as a rule asks.
public struct SignatureError: Error, Equatable, Sendable {
    /// The image as the user knows it.
    public let image: String
    /// The digest that had to be signed: what the image's name stands for.
    public let digest: SHA256Digest
    /// The rule by its name in the policy, or the option that set it.
    public let rule: String
    /// The policy's file, or the option that set it.
    public let policy: String
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// No signature of either layout was found in any of the places.
        case unsigned(places: [String])
        /// Signatures are there, and too few are good: the keys of the good ones, how many are needed, and why
        /// each of the others is not.
        case insufficient(signers: [String], needed: Int, failures: [SignatureFailure])
        /// Signatures could not be looked for, or not be read.
        case lookup(SignatureLookupError)
        /// The rule refuses the image whatever its signatures.
        case rejected
        /// No rule is for the image.
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

/// Why one signature is not good.
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
