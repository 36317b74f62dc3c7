import Bytes
import Host
import Signing
import TestSupport
import Testing

/// Keys and signatures of openssl's making.
@Suite struct P256PublicKeyTests {
    @Test(.enabled(if: Tool.available("openssl"))) func agreesWithOpenSSL() throws {
        let directory = try TemporaryDirectory()
        try withExtendedLifetime(directory) {
            try Tool.run(
                "openssl",
                ["ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "\(directory.path)/key.pem"])
            let pem = try Tool.run(
                "openssl", ["ec", "-in", "\(directory.path)/key.pem", "-pubout"]
            ).outputText
            let message = Array("what is signed".utf8)
            let signature = try Tool.run(
                "openssl", ["dgst", "-sha256", "-sign", "\(directory.path)/key.pem"], input: message
            ).output
            let key = try #require(P256PublicKey(pem: pem))
            #expect(key.isValid(signature, for: message))
            #expect(!key.isValid(signature, for: message + [0]))
            #expect(!key.isValid(Array(signature.dropLast()), for: message))
            #expect(!key.isValid([], for: message))
        }
    }

    @Test func refusesWhatIsNoKeyOfThisCurve() {
        #expect(P256PublicKey(pem: "") == nil)
        #expect(P256PublicKey(pem: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n") == nil)
    }
}
