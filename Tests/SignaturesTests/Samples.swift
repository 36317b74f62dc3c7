import Digests
import Signing
import TestSupport
import Testing

@testable import Signatures

/// Keys made once for all tests.
enum Samples {
    static let one = Result { try CosignSigner() }
    static let two = Result { try CosignSigner() }
    static let three = Result { try CosignSigner() }

    static let digest = SHA256Digest(hashing: Array("the image".utf8))
    static let other = SHA256Digest(hashing: Array("another image".utf8))
    static let repository = "registry.example/team/app"
}

extension CosignSigner {
    func key(_ name: String) throws -> TrustedKey {
        TrustedKey(name: name, key: try #require(P256PublicKey(pem: publicKey)))
    }
}

/// Why a check failed; nil if it did not.
func refusal<T>(_ body: () throws(UnusableSignature) -> T) -> String? {
    do throws(UnusableSignature) {
        _ = try body()
        return nil
    } catch { return error.reason }
}
