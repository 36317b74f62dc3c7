import Bytes
import Digests
import Host
import JSON
import OCI
import TestSupport
import Testing

@Suite struct CollectingTests {
    private let builder: LayoutBuilder
    private var layout: ImageLayout { builder.layout }
    private let amd64 = Platform(architecture: "amd64")

    init() throws { builder = try LayoutBuilder() }

    private func blobs() throws -> [String] { try builder.directory.list("layout/blobs/sha256") }

    @Test("What only the removed image needs goes, what others share stays")
    func sharing() throws {
        let shared: [TestMember] = [.file("shared", "both")]
        try builder.image("a:1", layers: [shared, [.file("a")]])
        let before = try blobs()
        try builder.image("b:1", layers: [shared, [.file("b")]])
        #expect(try layout.remove(ImageReference("b:1")) == ["docker.io/library/b:1"])
        let usage = try layout.usage()
        #expect(usage.images.map(\.name) == ["docker.io/library/a:1"])
        let freed = try #require(try layout.collectGarbage())
        #expect(freed.blobs == 4 && freed.blobBytes == usage.otherBlobs)
        #expect(try blobs() == before)
        #expect(try layout.collectGarbage()?.bytes == 0)
        #expect(throws: ImageError.self) { try layout.remove(ImageReference("b:1")) }
    }

    @Test("Own and shared bytes add up to all blobs")
    func usage() throws {
        let shared: [TestMember] = [.file("shared", "both")]
        try builder.image("b:1", layers: [shared])
        try builder.image("a:1", layers: [shared, [.file("a")]])
        _ = try layout.addBlob([1, 2, 3], mediaType: .layer)
        let usage = try layout.usage()
        #expect(usage.images.map(\.name) == ["docker.io/library/a:1", "docker.io/library/b:1"])
        #expect(usage.images[0].shared == usage.images[1].shared)
        let own = usage.images.reduce(0) { $0 + $1.own }
        #expect(own + usage.images[0].shared == usage.namedBlobs)
        #expect(usage.otherBlobs == 3 && usage.total == usage.namedBlobs + 3)
    }

    @Test("Nested indexes, attestations, documents of unknown kinds and what speaks of a kept image stay")
    func reachability() throws {
        let image = try builder.manifest([try builder.layer(TestTar.archive([.file("f")]))])
        let proof = try builder.attestation([:], of: image)
        let inner = try builder.layout.addIndex(ImageIndex(manifests: [image, proof]))
        // Of a kind that nobody knows, with blobs under a key that nobody knows.
        let thing = try layout.addBlob(Array("thing".utf8), mediaType: .layer)
        let unknown: JSONValue = [
            "parts": [
                [
                    "mediaType": "application/x-thing", "digest": .text(thing.digest.oci),
                    "size": .number(thing.size),
                ]
            ]
        ]
        let strange = try layout.addBlob(
            unknown.encoded(.compact), mediaType: MediaType(rawValue: "application/x-list+json"))
        try builder.index("nested:1", [inner, strange])
        // A signature found by its subject: nothing leads to it.
        let payload = try layout.addBlob(Array("signed".utf8), mediaType: .layer)
        let signature: JSONValue = [
            "schemaVersion": 2, "mediaType": .text(MediaType.imageManifest.rawValue),
            "layers": [
                [
                    "mediaType": "application/x-signature", "digest": .text(payload.digest.oci),
                    "size": .number(payload.size),
                ]
            ],
            "subject": [
                "mediaType": .text(image.mediaType.rawValue), "digest": .text(image.digest.oci),
                "size": .number(image.size),
            ],
        ]
        try layout.addBlob(signature.encoded(.compact), mediaType: .imageManifest)
        let before = try blobs()
        #expect(try layout.collectGarbage()?.blobs == 0)
        #expect(try blobs() == before)
        _ = try layout.remove(ImageReference("nested:1"))
        #expect(try layout.collectGarbage()?.blobs == before.count)
        #expect(try blobs().isEmpty)
    }

    @Test("Nothing is removed while somebody else has the layout open")
    func busy() throws {
        let loose = try layout.addBlob([1], mediaType: .layer)
        do {
            let other = try ImageLayout(opening: layout.path)
            #expect(try layout.collectGarbage() == nil)
            #expect(try layout.clear() == nil)
            #expect(try layout.removeDamaged([loose.digest]) == nil)
            withExtendedLifetime(other) {}
        }
        #expect(try FileStatus.of(layout.blobPath(loose.digest)) != nil)
        #expect(try layout.collectGarbage()?.blobs == 1)
    }

    @Test("Derived layers of an image that is gone go; those of others stay")
    func derived() throws {
        try builder.image("a:1", layers: [[.file("a")]])
        try builder.image("b:1", layers: [[.file("b")]])
        let directory = "\(layout.path)/derived"
        for name in ["a:1", "b:1"] {
            let store = LayerStore(layout: layout, directory: directory)
            _ = try store.entries(of: layout.image(ImageReference(name), platform: amd64))
        }
        #expect(try builder.directory.list("layout/derived/layers").count == 4)
        _ = try layout.remove(ImageReference("b:1"))
        #expect(try #require(try layout.collectGarbage()).derivedBytes > 0)
        let kept = try layout.image(ImageReference("a:1"), platform: amd64).layers[0]
        #expect(
            try builder.directory.list("layout/derived/layers") == [
                kept.diffID.hex, "\(kept.diffID.hex).index",
            ])
        #expect(try builder.directory.list("layout/derived/blobs") == [kept.descriptor.digest.hex])
        _ = try layout.clear()
        #expect(try builder.directory.list("layout") == [".lock", "blobs", "index.json", "oci-layout"])
        #expect(try layout.images().isEmpty && blobs().isEmpty)
    }

    @Test("What killed processes leave is swept; other files and downloads that can go on stay")
    func sweeping() throws {
        let there = try layout.addBlob([1], mediaType: .layer)
        let absent = SHA256Digest(hashing: "absent").hex
        for name in [
            "blobs/sha256/.blob.aB3dE9", ".index.json.ZZZZZZ", "derived/layers/.\(absent).000000",
            "derived/blocks/new/.\(absent).abcdef", "derived/downloads/\(there.digest.hex)",
        ] { try builder.directory.write("layout/\(name)", "left") }
        let stay = ["derived/downloads/\(absent)", "blobs/sha256/README", ".hidden", "derived/blocks/new/x"]
        for name in stay { try builder.directory.write("layout/\(name)", "stays") }
        #expect(try layout.usage().leftovers == 8)
        let freed = try #require(try layout.sweep())
        #expect(freed.leftovers == 5 && freed.leftoverBytes == 20)
        for name in stay { #expect(try FileStatus.of("\(layout.path)/\(name)") != nil, "\(name)") }
        #expect(try FileStatus.of(layout.blobPath(there.digest)) != nil)
    }

    @Test("A damaged document keeps everything from being removed, until its image is")
    func damaged() throws {
        let image = try builder.image("a:1", layers: [[.file("a")]])
        try builder.directory.write("layout/blobs/sha256/\(image.digest.hex)", "{")
        try layout.addBlob([1], mediaType: .layer)
        #expect(throws: ImageError.self) { try layout.collectGarbage() }
        _ = try layout.remove(ImageReference("a:1"))
        #expect(try layout.collectGarbage() != nil)
        #expect(try blobs().isEmpty)
    }
}
