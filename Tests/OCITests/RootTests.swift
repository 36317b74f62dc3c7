import Bytes
import OCI
import TestSupport
import Testing

/// What led to an image is what vouches for it.
@Suite struct RootTests {
    /// Tools give one name to the manifests of several platforms.
    @Test func oneNameForSeveralManifests() throws {
        let builder = try LayoutBuilder()
        let reference = try ImageReference("example.com/app:1")
        var manifests: [Platform: Descriptor] = [:]
        for architecture in ["arm64", "amd64"] {
            let platform = Platform(architecture: architecture)
            let layer = try builder.layer(TestTar.archive([.file("name", architecture)]))
            manifests[platform] = try builder.manifest([layer], platform: platform)
        }
        let index = try builder.layout.addIndex(ImageIndex(manifests: []))
        try builder.layout.tag(reference, index)
        var text = String(decoding: try builder.directory.read("layout/index.json"), as: UTF8.self)
        let named = try #require(text.firstRange(of: "\"manifests\": ["))
        let entries = manifests.values.map { descriptor in
            #"{"mediaType": "\#(descriptor.mediaType)", "digest": "\#(descriptor.digest.oci)", "size": "#
                + #"\#(descriptor.size), "annotations": {"org.opencontainers.image.ref.name": "#
                + #""example.com/app:1"}},"#
        }
        text.insert(contentsOf: entries.joined(), at: named.upperBound)
        try builder.directory.write("layout/index.json", text)
        for (platform, descriptor) in manifests {
            let image = try builder.layout.image(reference, platform: platform)
            #expect(image.descriptor.digest == descriptor.digest)
            #expect(image.root.digest == descriptor.digest)
        }
    }

    @Test func anImageWithoutItsIndex() throws {
        let builder = try LayoutBuilder()
        let root = try builder.image("example.com/app:1", layers: [[.file("a", "b")]])
        let image = try builder.layout.image(
            try ImageReference("example.com/app:1"), platform: Platform(architecture: "amd64"))
        #expect(image.root.digest == root.digest)
        #expect(image.withoutIndex.root == image.descriptor)
        #expect(image.withoutIndex.layers == image.layers)
    }
}
