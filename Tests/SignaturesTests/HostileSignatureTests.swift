import Bytes
import Digests
import Host
import OCI
import TestSupport
import Testing

@testable import Signatures

/// Signature manifests made to hurt.
@Suite(.enabled(if: Tool.available("openssl"))) struct HostileSignatureTests {
    let builder: LayoutBuilder
    let image: Image
    let policy: ImagePolicy
    let signer: CosignSigner

    init() throws {
        builder = try LayoutBuilder()
        try builder.image("\(Samples.repository):1", layers: [[.file("etc/motd", "hello")]])
        image = try builder.layout.image(
            try ImageReference("\(Samples.repository):1"), platform: Platform(architecture: "amd64"))
        signer = try Samples.one.get()
        policy = ImagePolicy(requiring: [try signer.key("ours")], option: "--verify-images")
    }

    private func problem() async throws -> SignatureError {
        try #require(
            await #expect(throws: SignatureError.self) {
                try await policy.check(PolicySubject(image), in: [LayoutSignatures(builder.layout)])
            })
    }

    private var tag: ImageReference {
        get throws { try ImageReference("\(Samples.repository):sha256-\(image.root.digest.hex).sig") }
    }

    @Test(arguments: [
        "", "[]", "{}", "null", #"{"schemaVersion": 2}"#, #"{"schemaVersion": 2, "config": 1, "layers": []}"#,
        #"{"schemaVersion": 2, "config": {}, "layers": {}}"#, #"{"schemaVersion": 1}"#, "\u{0}",
        String(repeating: "[", count: 100_000),
    ])
    func manifestsThatAreNone(_ text: String) async throws {
        let descriptor = try builder.layout.addBlob(Array(text.utf8), mediaType: .imageManifest)
        try builder.layout.tag(try tag, descriptor)
        guard case .insufficient([], 1, let failures) = try await problem().problem else {
            Issue.record("another problem")
            return
        }
        #expect(failures.map(\.manifest) == [descriptor.digest])
    }

    @Test func thousandsOfSignaturesAreNotAllLookedAt() async throws {
        let payload = CosignSigner.payload(for: image.root.digest, reference: "")
        try CosignArtifact.simpleSigning(
            Array(repeating: (payload, "AAAA"), count: 5000), of: image.root.digest, in: Samples.repository
        ).write(into: builder.layout)
        let error = try await problem()
        guard case .insufficient([], 1, let failures) = error.problem else {
            Issue.record("another problem")
            return
        }
        #expect(failures.count == SignatureLimits.signatures + 1)
        #expect(error.description.split(separator: "\n").count < 12)
    }

    @Test func blobsTooLargeForASignature() async throws {
        let payload = [UInt8](repeating: UInt8(ascii: " "), count: SignatureLimits.blob + 1)
        let good = CosignSigner.payload(for: image.root.digest, reference: "")
        func write(_ more: [(payload: [UInt8], signature: String)]) throws {
            try CosignArtifact.simpleSigning(
                [(payload, "AAAA")] + more, of: image.root.digest, in: Samples.repository
            ).write(into: builder.layout)
        }
        try write([])
        #expect(try await problem().description.contains("too many for a signature"))
        // What is beside them counts.
        try write([(good, Base64.encode(try signer.sign(good)))])
        let decision = try await policy.check(
            PolicySubject(image), in: [LayoutSignatures(builder.layout)])
        #expect(decision.signers.count == 1)
    }

    @Test func blobsThatAreGoneOrDamaged() async throws {
        let artifact = try signer.tagged(image.root.digest, in: Samples.repository)
        try artifact.write(into: builder.layout)
        let path = builder.layout.blobPath(artifact.blobs[1].descriptor.digest)
        var bytes = artifact.blobs[1].bytes
        bytes[0] ^= 1
        var file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
        guard case .lookup = try await problem().problem else {
            Issue.record("another problem")
            return
        }
        try Directory.remove(path)
        guard case .insufficient([], 1, let failures) = try await problem().problem else {
            Issue.record("another problem")
            return
        }
        #expect(failures.first?.reason.contains("not found") == true)
    }

    @Test func referrersThatAreNoneOfOurs() async throws {
        // An attestation, an image, an index, a list entry for nothing: none is a signature, and none hurts.
        let attestation = CosignArtifact.bundle(
            try signer.bundle(
                CosignSigner.statement(
                    for: image.root.digest, predicateType: "https://slsa.dev/provenance/v1")),
            of: image.root, in: Samples.repository, predicateType: "https://slsa.dev/provenance/v1")
        try attestation.write(into: builder.layout)
        let index = try ImageReference("\(Samples.repository):sha256-\(image.root.digest.hex)")
        _ = try builder.layout.updateIndex(of: index) { known in
            known + [
                image.descriptor, image.root,
                Descriptor(mediaType: .imageManifest, digest: Samples.other, size: 7),
                Descriptor(mediaType: MediaType(rawValue: "text/html"), digest: Samples.digest, size: 7),
            ]
        }
        guard case .insufficient([], 1, let failures) = try await problem().problem else {
            Issue.record("another problem")
            return
        }
        #expect(failures.contains { $0.reason == "\(Samples.other.oci) not found" })
        #expect(failures.contains { $0.reason.contains("not that of an image signature") })
        try signer.referring(to: image.root, in: Samples.repository).write(into: builder.layout)
        let decision = try await policy.check(
            PolicySubject(image), in: [LayoutSignatures(builder.layout)])
        #expect(decision.signers.count == 1)
    }

    /// A list of referrers where cosign's signatures belong, and the other way round.
    @Test func indexesInPlaceOfManifests() async throws {
        try builder.layout.tag(try tag, image.root)
        let error = try await problem()
        #expect(error.description.contains("no valid signature"))
    }
}
