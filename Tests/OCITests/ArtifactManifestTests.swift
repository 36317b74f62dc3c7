import Digests
import OCI
import Testing

@Suite struct ArtifactManifestTests {
    private let layer = Descriptor(
        mediaType: MediaType(rawValue: "application/octet-stream"), digest: SHA256Digest(hashing: "data"),
        size: 4, annotations: [AnnotationKey.title: "b.img", "a": "1"])
    private let subject = Descriptor(
        mediaType: .imageManifest, digest: SHA256Digest(hashing: "subject"), size: 9)

    @Test("The document has the specification's fields in its order, annotations sorted, no space")
    func encoding() {
        let manifest = ArtifactManifest(
            artifactType: "application/x", layers: [layer], subject: subject,
            annotations: ["z": "2", "a": "1"])
        let empty = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        #expect(
            String(decoding: manifest.encoded(), as: UTF8.self) == """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                "artifactType":"application/x",\
                "config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,"digest":"sha256:\(empty)"},\
                "layers":[{"mediaType":"application/octet-stream","size":4,"digest":"\(layer.digest.oci)",\
                "annotations":{"a":"1","org.opencontainers.image.title":"b.img"}}],\
                "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":9,\
                "digest":"\(subject.digest.oci)"},"annotations":{"a":"1","z":"2"}}
                """)
        #expect(manifest.descriptor.size == UInt64(manifest.encoded().count))
    }

    @Test("What was written is read again; without a type the configuration says what it is")
    func roundTrip() throws {
        for manifest in [
            ArtifactManifest(
                artifactType: "application/x", layers: [layer], subject: subject, annotations: ["a": "1"]),
            ArtifactManifest(artifactType: nil, configuration: layer, layers: []),
        ] {
            let read = try ArtifactManifest(parsing: manifest.encoded(), document: "artifact")
            #expect(read == manifest)
            #expect(read.encoded() == manifest.encoded())
        }
        #expect(
            ArtifactManifest(artifactType: nil, configuration: layer, layers: []).effectiveType
                == "application/octet-stream")
    }

    @Test(
        "What is no manifest is refused with the field's path",
        arguments: [
            (#"{"schemaVersion":2}"#, "config"),
            (#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"}"#, "mediaType"),
            (#"{"schemaVersion":2,"config":CONFIG}"#, "layers"),
            (#"{"schemaVersion":2,"config":CONFIG,"layers":[1]}"#, "layers[0]"),
            (#"{"schemaVersion":2,"config":CONFIG,"layers":[],"subject":{}}"#, "subject.mediaType"),
            (#"{"schemaVersion":2,"config":CONFIG,"layers":[],"artifactType":1}"#, "artifactType"),
        ])
    func refused(text: String, field: String) throws {
        let config = #"{"mediaType":"a","digest":"\#(layer.digest.oci)","size":4}"#
        let text = text.split(separator: "CONFIG", omittingEmptySubsequences: false).joined(separator: config)
        let error = try #require(throws: ImageError.self) {
            try ArtifactManifest(parsing: Array(text.utf8), document: "artifact")
        }
        guard case .malformed(_, let found, _) = error.problem else {
            Issue.record("\(error)")
            return
        }
        #expect(found == field)
    }
}
