public import Bytes
internal import Crypto

/// A public key on the curve P-256 (FIPS 186-5; SEC 1), as `cosign.pub` holds it.
public struct P256PublicKey: Sendable, Equatable {
    private let key: P256.Signing.PublicKey

    /// Reads a PEM document (RFC 7468) with one `PUBLIC KEY` (SubjectPublicKeyInfo, RFC 5480); nil for anything
    /// else, keys of other kinds and curves included.
    public init?(pem: String) {
        guard let key = try? P256.Signing.PublicKey(pemRepresentation: pem) else { return nil }
        self.key = key
    }

    /// The key as DER (SubjectPublicKeyInfo): what its fingerprint is made of.
    public var der: ByteString { ByteString(Array(key.derRepresentation)) }

    /// True if `signature`, an ASN.1 DER `Ecdsa-Sig-Value` (RFC 3279, section 2.2.3), is this key's over the
    /// SHA-256 of `message`.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
            return false
        }
        return key.isValidSignature(parsed, for: message)
    }

    public static func == (left: Self, right: Self) -> Bool { left.der == right.der }
}
