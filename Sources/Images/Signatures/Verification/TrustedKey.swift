internal import Bytes
internal import Digests
public import Signing

/// A key that a rule trusts, by the name that errors have for it.
public struct TrustedKey: Sendable, Equatable {
    /// The key's name in the policy, or the file that it was read from.
    public let name: String
    public let key: P256PublicKey

    public init(name: String, key: P256PublicKey) {
        self.name = name
        self.key = key
    }

    /// The key as people compare keys: the first digits of the SHA-256 of its DER.
    public var fingerprint: String { String(SHA256Digest(hashing: key.der.bytes).hex.prefix(16)) }
}
