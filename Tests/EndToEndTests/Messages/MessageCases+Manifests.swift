extension MessageCases {
    /// Makes the file `manifest` the image `sample/thing:1`.
    private static let naming = """
        digest=$(sha256sum manifest | cut -c1-64)
        cp manifest cache/blobs/sha256/$digest
        printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"sha256:%s","size":%s,"annotations":%s}]}' \\
            application/vnd.oci.image.manifest.v1+json $digest $(stat -c %s manifest) \\
            '{"org.opencontainers.image.ref.name":"docker.io/sample/thing:1"}' > cache/index.json
        """

    private static func manifest(_ title: String, _ text: String) -> MessageCase {
        MessageCase(
            title, "build --offline --cache cache --arch amd64 good.yml", ["manifest": text], setup: naming)
    }

    /// A descriptor of a blob that is not there.
    private static func absent(_ type: String) -> String {
        let digest = "sha256:" + String(repeating: "1", count: 64)
        return "{\"mediaType\": \"\(type)\", \"digest\": \"\(digest)\", \"size\": 3}"
    }

    private static let configuration = absent("application/vnd.oci.image.config.v1+json")

    private static func manifest(_ title: String, config: String, layers: String) -> MessageCase {
        manifest(title, "{\"schemaVersion\": 2, \"config\": \(config), \"layers\": \(layers)}")
    }

    static let manifests: [MessageCase] = [
        manifest("a manifest that is no JSON", "{"), manifest("a manifest that is a list", "[]"),
        manifest("a manifest of nothing", "{}"),
        manifest("a manifest of version 1", "{\"schemaVersion\": 1}"),
        manifest("a manifest without a configuration", "{\"schemaVersion\": 2, \"layers\": []}"),
        manifest("a manifest that is an index", "{\"schemaVersion\": 2, \"manifests\": []}"),
        manifest("a configuration that is a text", config: "\"x\"", layers: "[]"),
        manifest("layers that are a text", config: configuration, layers: "\"x\""),
        manifest("a configuration that is absent", config: configuration, layers: "[]"),
        manifest(
            "a digest that is none", config: "{\"mediaType\": \"a\", \"digest\": \"sha256:12\", \"size\": 1}",
            layers: "[]"),
        manifest(
            "a digest without its algorithm",
            config:
                "{\"mediaType\": \"a\", \"digest\": \"\(String(repeating: "1", count: 64))\", \"size\": -3}",
            layers: "[]"),
    ]
}
