import Bytes
import Digests
import Foundation
import Host
import JSON
import NetworkSupport
import OCI
import Registry
import TestSupport
import Testing

/// Images that must be signed, as somebody at a terminal asks for it.
@Suite("Only images that a policy allows are used", .enabled(if: Tool.available("openssl")))
struct SignedImagesTests {
    private static let repository = "docker.io/sample/thing"
    private let shop: Workshop
    private let signer: CosignSigner
    private let platform = Platform(architecture: "amd64")

    init() throws {
        shop = try Workshop()
        signer = try CosignSigner()
    }

    private func image() throws -> Image {
        try shop.builder.layout.image(try ImageReference("sample/thing:1"), platform: platform)
    }

    private func tar(_ options: [String]) throws -> [UInt8] {
        let result = try shop.build(["-f", "tar", "-o", "-"] + options + ["good.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        return result.output
    }

    private func sign(_ digest: SHA256Digest) throws {
        try signer.tagged(digest, in: Self.repository).write(into: shop.builder.layout)
    }

    @Test func unsignedImagesAreRefused() throws {
        try shop.expectFailure(
            ["-f", "tar", "-o", "out", "--verify-images", signer.publicKeyPath, "good.yml"], status: 77,
            saying: [
                "docker.io/sample/thing:1", try image().root.digest.oci, "not signed", "--verify-images",
                "cosign sign",
            ])
    }

    /// Asking changes what is built from, never what is built.
    @Test func signedImagesAreBuiltOfAsWithoutAsking() throws {
        let plain = try tar([])
        try sign(try image().root.digest)
        #expect(try tar(["--verify-images", signer.publicKeyPath]) == plain)
        try signer.referring(to: try image().root, in: Self.repository).write(into: shop.builder.layout)
        #expect(try tar(["--verify-images", signer.publicKeyPath]) == plain)
    }

    @Test func otherKeysAreRefused() throws {
        try sign(try image().root.digest)
        let other = try CosignSigner()
        let result = try shop.build([
            "-f", "tar", "-o", "out", "--verify-images", other.publicKeyPath, "good.yml",
        ])
        #expect(result.status == 77)
        #expect(result.errorText.contains("it is not by the key \(other.publicKeyPath)"))
        #expect(
            try !tar(["--verify-images", other.publicKeyPath, "--verify-images", signer.publicKeyPath])
                .isEmpty)
    }

    /// A name in the cache that stands for something else than what was signed.
    @Test func anotherImageUnderTheNameIsRefused() throws {
        try sign(try image().root.digest)
        try shop.builder.image("sample/thing:1", layers: [[.file("bin/sh", "an evil shell\n")]])
        try shop.expectFailure(
            ["-f", "tar", "-o", "out", "--verify-images", signer.publicKeyPath, "good.yml"], status: 77,
            saying: ["not signed"])
    }

    @Test func aPolicyDecidesByRepository() throws {
        try shop.builder.image("quay.io/tools/boot:1", layers: [[.file("isolinux/isolinux.bin", "x")]])
        try shop.write("thing.pub", signer.publicKey)
        func policy(_ rules: String) throws {
            try shop.write(
                "policy.json",
                #"{"version": 1, "keys": {"us": "thing.pub"}, "rules": [\#(rules)]}"#)
        }
        let ours = #"{"name": "ours", "images": ["docker.io/sample/*"], "action": "signed", "keys": ["us"]}"#
        try policy(ours)
        let command = ["-f", "tar", "-o", "out", "--image-policy", "policy.json", "good.yml"]
        try shop.expectFailure(command, status: 77, saying: ["rule \"ours\" of policy.json"])
        try sign(try image().root.digest)
        #expect(try shop.build(command).status == 0)
        try Directory.remove("\(shop.path)/out")
        try shop.write("other.yml", "init:\n  - sample/thing:1\n  - quay.io/tools/boot:1\n")
        try shop.expectFailure(
            command.dropLast() + ["other.yml"], status: 77,
            saying: ["quay.io/tools/boot:1", "no rule of policy.json", "add a rule for quay.io/tools/boot"])
        try policy(ours + #", {"name": "others", "images": ["*"], "action": "reject"}"#)
        try shop.expectFailure(
            command.dropLast() + ["other.yml"], status: 77,
            saying: ["quay.io/tools/boot:1", "refused by rule \"others\" of policy.json"])
        // Boot files are images like all others, and copied volumes too.
        let kernel = ["-f", "iso-bios", "--dir", ".", "--image-policy", "policy.json"]
        try shop.expectFailure(
            kernel + ["--bios-boot", "quay.io/tools/boot:1", "good.yml"], status: 77,
            saying: ["quay.io/tools/boot:1", "others"])
        try shop.write(
            "volume.yml",
            "init:\n  - sample/thing:1\nvolumes:\n  - name: v\n    image: quay.io/tools/boot:1\n    format: oci\n"
        )
        try shop.expectFailure(
            command.dropLast() + ["volume.yml"], status: 77, saying: ["quay.io/tools/boot:1", "others"])
    }

    /// An image copied whole is its index, and all that the index names.
    @Test func aCopyNeedsTheSignatureOfAll() throws {
        try shop.write(
            "volume.yml",
            "init:\n  - sample/thing:1\nvolumes:\n  - name: v\n    image: sample/thing:1\n    format: oci\n")
        let command = ["-f", "tar", "-o", "out", "--verify-images", signer.publicKeyPath]
        try sign(try image().descriptor.digest)
        #expect(try shop.build(command + ["good.yml"]).status == 0)
        try Directory.remove("\(shop.path)/out")
        try shop.expectFailure(command + ["volume.yml"], status: 77, saying: ["not signed"])
        try sign(try image().root.digest)
        #expect(try shop.build(command + ["volume.yml"]).status == 0)
    }

    /// Whoever signed the manifest of a platform did not sign what an index has beside it.
    @Test func theIndexIsWorthItsOwnSignature() throws {
        let builder = shop.builder
        let manifest = try image().descriptor
        let name = "a-package-that-nobody-signed"
        let package: JSONValue = [
            "name": .text(name), "SPDXID": "SPDXRef-Package-a", "downloadLocation": "NOASSERTION",
        ]
        let document: JSONValue = [
            "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "x", "dataLicense": "CC0-1.0",
            "documentNamespace": "https://example.com/x", "packages": .array([package]),
        ]
        let attestation = try builder.attestation(document, of: manifest)
        try builder.index("sample/thing:1", [manifest, attestation])
        func mentions(_ bytes: [UInt8]) -> Bool { String(decoding: bytes, as: UTF8.self).contains(name) }
        #expect(mentions(try tar([])))
        try sign(manifest.digest)
        #expect(!mentions(try tar(["--verify-images", signer.publicKeyPath])))
        try sign(try image().root.digest)
        #expect(mentions(try tar(["--verify-images", signer.publicKeyPath])))
    }

    @Test func wrongUsageIsToldBeforeAnyWork() throws {
        try shop.write("bad.json", #"{"version": 1, "rules": [{"name": "a"}]}"#)
        try shop.write("text.pub", "no key")
        let cases: [(arguments: [String], status: Int32, saying: String)] = [
            (
                ["--verify-images", signer.publicKeyPath, "--image-policy", "bad.json"], 64,
                "cannot be used with"
            ),
            (["--image-policy", "bad.json"], 65, "bad.json: rules[0].images: is missing"),
            (["--image-policy", "gone.json"], 66, "gone.json"),
            (["--verify-images", "gone.pub"], 66, "gone.pub"),
            (["--verify-images", "text.pub"], 65, "text.pub is not the public key"),
            (["--verify-images", signer.publicKeyPath, "--input-tar", "old.tar"], 64, "--input-tar"),
        ]
        for (arguments, status, saying) in cases {
            let result = try shop.build(["-f", "tar", "-o", "out"] + arguments + ["good.yml"])
            #expect(result.status == status, "\(arguments): \(result.errorText)")
            #expect(result.errorText.contains(saying), "\(result.errorText)")
        }
    }
}
