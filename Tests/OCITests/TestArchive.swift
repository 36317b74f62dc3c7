import Bytes
import Digests
import JSON
import OCI
import TestSupport

/// Archives of images, written member by member.
enum TestArchive {
    /// The layout of `builder` as one tar, index.json last.
    static func oci(_ builder: LayoutBuilder, index: String? = nil) throws -> [UInt8] {
        var members: [TestMember] = [.file("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)]
        for name in try builder.directory.list("layout/blobs/sha256") {
            var member = TestMember.file(ByteString("./blobs/sha256/\(name)"))
            member.contents = try builder.directory.read("layout/blobs/sha256/\(name)")
            members.append(member)
        }
        let text = try index ?? String(decoding: builder.directory.read("layout/index.json"), as: UTF8.self)
        return TestTar.archive(members + [.file("index.json", text)])
    }

    /// As `docker save` wrote it before version 25: one image of two equal layers.
    static func docker(names: [String]?, diffID: SHA256Digest? = nil) throws -> [UInt8] {
        var layer = TestMember.file("one/layer.tar")
        layer.contents = TestTar.archive([.file("a", "contents")])
        let diffID = diffID ?? SHA256Digest(hashing: layer.contents)
        let configuration: JSONValue = [
            "architecture": "amd64", "os": "linux", "config": [:],
            "rootfs": ["type": "layers", "diff_ids": .texts([diffID.oci, diffID.oci])],
        ]
        var config = TestMember.file("config.json")
        config.contents = configuration.encoded(.compact)
        let name = SHA256Digest(hashing: config.contents).hex + ".json"
        config.name = ByteString(name)
        let manifest: JSONValue = [
            [
                "Config": .text(name), "RepoTags": names.map { JSONValue.texts($0) } ?? .null,
                "Layers": ["one/layer.tar", "two/layer.tar"],
            ]
        ]
        var list = TestMember.file("manifest.json")
        list.contents = manifest.encoded(.compact)
        return TestTar.archive([
            .directory("one/"), .file("one/VERSION", "1.0"), .file("one/json", "{}"), layer,
            .directory("two/"),
            .symlink("two/layer.tar", to: "../one/layer.tar"), config, list, .file("repositories", "{}"),
        ])
    }
}
