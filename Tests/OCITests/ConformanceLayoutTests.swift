import Bytes
import Digests
import FileTree
import OCI
import Tar
import TestSupport
import Testing

@Suite(.enabled(if: Conformance.isPresent)) struct ConformanceLayoutTests {
    @Test("Every image of LinuxKit's caches opens", arguments: ["layout", "edge/layout"])
    func images(directory: String) throws {
        let layout = try ImageLayout(opening: "\(Conformance.directory)/\(directory)")
        let names = try layout.images().map(\.name)
        #expect(names.count > 10)
        for name in names {
            let reference = try ImageReference(name)
            #expect(reference.description == name)
            for platform in try layout.platforms(of: reference) {
                let image = try layout.image(reference, platform: platform)
                #expect(image.configuration.platform.architecture == platform.architecture)
                #expect(!image.layers.isEmpty)
            }
        }
    }

    @Test("An exported image has LinuxKit's members in LinuxKit's order")
    func exported() throws {
        let layout = try ImageLayout(opening: "\(Conformance.directory)/edge/layout")
        let entries = try layout.exported(
            ImageReference("edge/multi:1"), platforms: [Platform(architecture: "arm64")])
        #expect(
            entries.map { "\($0.header.name) \($0.contents.count)" } == [
                "oci-layout 36", "blobs/ 0", "blobs/sha256/ 0",
                "blobs/sha256/9ea9f1254369bc67a235202a55ab2f80283c758b2490c598809708e515c65851 193",
                "blobs/sha256/1dead9080a85eb71dc34e5fe7be1407284bd46232e06eca8ed5299cb3dccd672 133",
                "blobs/sha256/eaf408355ced8965692e1668d2f77862564053f4eb700b7600bdc34701b26ad7 418",
                "blobs/sha256/02419a4b92b51938b5e8872701ad81521d27c5eba96d0e49566f30163698a628 517",
                "index.json 416",
            ])
        // LinuxKit's own bytes, from conformance/edge volume-oci.
        #expect(
            entries[0].contents.contentDigest.hex
                == "4b449ea627976fc352d644e28ecee5844f03f9f20130043f367d82ba456cce17")
        #expect(
            entries[7].contents.contentDigest.hex
                == "f7f4d4951ea59b7a0c63dad9dfa2d9c9a14800db7b33732e4d38d6195740eca9")
        #expect(try layout.exported(ImageReference("edge/multi:1")).count == 11)
    }
}
