import Digests
import OCI
import Testing

@Suite struct DocumentTests {
    private let digest = "sha256:" + String(repeating: "1", count: 64)

    private func configuration(_ text: String) throws -> ImageConfiguration {
        try ImageConfiguration(parsing: Array(text.utf8), document: "configuration")
    }

    @Test("A missing list is not an empty one, and null is missing")
    func nilAndEmpty() throws {
        let config = try configuration(
            """
            {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": []},
             "config": {"Env": [], "Cmd": null, "Labels": {}, "ExposedPorts": {"80/tcp": {}, "443/tcp": {}}},
             "x-unknown": [1, 2.5]}
            """
        ).config
        #expect(config.environment == [])
        #expect(config.command == nil)
        #expect(config.entrypoint == nil)
        #expect(config.labels == [:])
        #expect(config.exposedPorts == ["443/tcp", "80/tcp"])
    }

    @Test("A manifest lists its layers in order, with their sizes")
    func manifest() throws {
        let text = """
            {"schemaVersion": 2, "config": {"mediaType": "application/vnd.docker.container.image.v1+json",
             "digest": "\(digest)", "size": 7},
             "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": "\(digest)",
             "size": 18446744073709551615}]}
            """
        let manifest = try ImageManifest(parsing: Array(text.utf8), document: "manifest")
        #expect(manifest.configuration.mediaType.role == .configuration)
        #expect(manifest.layers.map(\.mediaType.role) == [.layer(.gzip)])
        #expect(manifest.layers[0].size == .max)
    }

    @Test(
        "A document that contradicts the specification is refused with the field's path",
        arguments: [
            ("[]", "must be an object"),
            ("{", "JSON"),
            (#"{"schemaVersion": 1}"#, "schemaVersion"),
            (#"{"schemaVersion": 1}"#, "push or save the image again"),
            (#"{"schemaVersion": 2, "config": {}, "layers": []}"#, "is a manifest"),
            (#"{"schemaVersion": 2, "manifests": {}}"#, "manifests"),
            (#"{"schemaVersion": 2, "manifests": [{"mediaType": 1}]}"#, "manifests[0].mediaType"),
            (#"{"schemaVersion": 2, "manifests": [{"mediaType": "a"}]}"#, "manifests[0].digest"),
            (#"{"schemaVersion": 2, "manifests": [{"mediaType": "a", "digest": "md5:1"}]}"#, "md5:1"),
            (
                #"{"schemaVersion": 2, "manifests": [{"mediaType": "a", "digest": "DIGEST", "size": -1}]}"#,
                "manifests[0].size"
            ),
            (
                #"{"schemaVersion": 2, "manifests": [{"mediaType": "a", "digest": "DIGEST", "size": 1, "annotations": {"k": 1}}]}"#,
                "manifests[0].annotations.k"
            ),
        ])
    func malformed(text: String, place: String) {
        let parts = text.split(separator: "DIGEST", omittingEmptySubsequences: false)
        let error = #expect(throws: ImageError.self) {
            try ImageIndex(parsing: Array(parts.joined(separator: digest).utf8), document: "index.json")
        }
        #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("index.json") == true)
    }

    @Test("What Go writes for empty lists and maps is read as such")
    func goNulls() throws {
        let text =
            #"{"schemaVersion": 2, "config": {"mediaType": "a", "digest": "\#(digest)", "size": 7, "#
            + #""annotations": {"k": null}}, "layers": null}"#
        let manifest = try ImageManifest(parsing: Array(text.utf8), document: "manifest")
        #expect(manifest.layers.isEmpty && manifest.configuration.annotations == ["k": ""])
        let empty = try configuration(#"{"rootfs": {"type": "layers", "diff_ids": null}}"#)
        #expect(empty.diffIDs.isEmpty)
    }

    @Test("A variant that is not named is the usual one")
    func variants() {
        let arm = Platform(architecture: "arm", variant: "v7")
        #expect(arm.accepts(Platform(architecture: "arm")))
        #expect(!arm.accepts(Platform(architecture: "arm", variant: "v6")))
        #expect(Platform(architecture: "arm").accepts(Platform(architecture: "arm", variant: "v6")))
        #expect(!Platform(architecture: "amd64", variant: "v2").accepts(Platform(architecture: "amd64")))
    }
}
