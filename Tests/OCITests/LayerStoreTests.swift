import Bytes
import Digests
import FileTree
import Host
import OCI
import Tar
import TestSupport
import Testing

@Suite struct LayerStoreTests {
    private let amd64 = Platform(architecture: "amd64")

    private func store(
        _ builder: LayoutBuilder, limits: LayerLimits = .default
    ) throws -> (store: LayerStore, image: Image) {
        let store = LayerStore(
            layout: builder.layout, directory: "\(builder.directory.path)/derived", limits: limits)
        return (store, try builder.layout.image(ImageReference("i"), platform: amd64))
    }

    private func rich() -> [TestMember] {
        var file = TestMember.file("f", "contents", mode: 0o4755)
        file.uid = 1000
        file.records = [
            (key: "SCHILY.xattr.user.x", value: "v\u{0}w"), (key: "mtime", value: "1700000000.5"),
            (key: "VENDOR.unknown", value: "é"), (key: "uid", value: "3000000000"),
        ]
        var device = TestMember("dev", type: "3")
        (device.deviceMajor, device.deviceMinor) = (1, 3)
        return [file, device, .symlink("s", to: "/outside/../x"), .file("empty"), .hardLink("h", to: "f")]
    }

    @Test("The index says all that the tar says, in this run and in the next")
    func index() throws {
        let builder = try LayoutBuilder()
        let tar = TestTar.archive(rich())
        try builder.image("i", layers: [rich()])
        let (store, image) = try store(builder)
        var reader = TarReader(ByteArraySource(tar))
        var headers: [TarHeader] = []
        while let member = try reader.next() { headers.append(member.header) }
        let first = try store.index(of: image.layers[0])
        #expect(first.entries.map(\.header) == headers)
        #expect(first.tarLength == UInt64(tar.count))
        let second = try LayerStore(layout: builder.layout, directory: store.directory).index(
            of: image.layers[0])
        #expect(second.entries == first.entries)
        #expect(try store.open(image.layers[0].diffID).bytes(at: 0, length: tar.count, of: "tar") == tar)
    }

    @Test(
        "A damaged index, tar or proof is made anew",
        arguments: ["index", "short tar", "changed tar", "no tar", "proof"])
    func damage(what: String) throws {
        let builder = try LayoutBuilder()
        try builder.image("i", layers: [rich()])
        let (store, image) = try store(builder)
        let layer = image.layers[0]
        let entries = try store.index(of: layer).entries
        let tar = "derived/layers/\(layer.diffID.hex)"
        switch what {
        case "index":
            var bytes = try builder.directory.read("\(tar).index")
            bytes[40] ^= 1
            try builder.directory.write("\(tar).index", bytes)
        case "short tar": try builder.directory.write(tar, Array(try builder.directory.read(tar).dropLast()))
        case "changed tar":
            var bytes = try builder.directory.read(tar)
            bytes[1030] ^= 1
            try builder.directory.write(tar, bytes)
        case "no tar": try Directory.remove("\(builder.directory.path)/\(tar)")
        default: try builder.directory.write("derived/blobs/\(layer.descriptor.digest.hex)", "x")
        }
        let fresh = LayerStore(layout: builder.layout, directory: store.directory)
        #expect(try fresh.index(of: layer).entries == entries)
        #expect(try builder.directory.read(tar) == TestTar.archive(rich()))
        #expect(try builder.directory.list("derived/layers").count == 2)
        let all = TestTar.archive(rich())
        #expect(try fresh.open(layer.diffID).bytes(at: 0, length: all.count, of: "tar") == all)
    }

    @Test(
        "A blob that was damaged after its layer was derived is refused as it would be without the derived data"
    )
    func damagedBlob() throws {
        let builder = try LayoutBuilder()
        try builder.image("i", layers: [rich()])
        let (store, image) = try store(builder)
        let layer = image.layers[0]
        _ = try store.index(of: layer)
        let name = "layout/blobs/sha256/\(layer.descriptor.digest.hex)"
        var bytes = try builder.directory.read(name)
        bytes[30] ^= 1
        try builder.directory.write(name, bytes)
        func failure() throws -> String? {
            let fresh = LayerStore(layout: builder.layout, directory: store.directory)
            return #expect(throws: ImageError.self) { try fresh.index(of: layer) }?.description
        }
        let warm = try failure()
        try Directory.remove(store.directory)
        #expect(try failure() == warm)
        #expect(warm?.contains(layer.descriptor.digest.oci) == true)
    }

    @Test("The same layer arrived by two ways is one derived layer, and each way is checked")
    func sharedDiffID() throws {
        let builder = try LayoutBuilder()
        let tar = TestTar.archive(rich())
        let good = try builder.layer(tar, .gzip)
        let lie = try builder.layer(TestTar.archive([.file("other")]), .gzip)
        try builder.index("i", [try builder.manifest([good])])
        let (store, _) = try store(builder)
        _ = try store.index(of: good)
        _ = try store.index(of: try builder.layer(tar, .none))
        #expect(try builder.directory.list("derived/layers").count == 2)
        let mixed = ImageLayer(descriptor: lie.descriptor, diffID: good.diffID)
        let error = #expect(throws: ImageError.self) { try store.index(of: mixed) }
        #expect(error?.description.contains("the configuration says \(good.diffID.oci)") == true)
    }

    @Test("Layers are imported side by side, and the first that fails in order is the one that is told")
    func parallel() async throws {
        let builder = try LayoutBuilder()
        let layers = try (0..<12).map {
            try builder.layer(TestTar.archive([.file(ByteString("f\($0)"), "\($0)")]))
        }
        try builder.index("i", [try builder.manifest(layers)])
        let (store, image) = try store(builder)
        try await store.prepare([image, image], jobs: 4)
        #expect(try builder.directory.list("derived/layers").count == 24)
        #expect(try store.entries(of: image).count == 12)

        try Directory.remove(store.directory)
        for layer in [layers[9], layers[3]] {
            let name = "layout/blobs/sha256/\(layer.descriptor.digest.hex)"
            var bytes = try builder.directory.read(name)
            bytes[30] ^= 0xFF
            try builder.directory.write(name, bytes)
        }
        let error = await #expect(throws: ImageError.self) { try await store.prepare([image], jobs: 4) }
        guard case .wrongBlob(let digest, _, _) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect([layers[3].descriptor.digest, layers[9].descriptor.digest].contains(digest))
        #expect(error?.reference == "docker.io/library/i")
    }

    @Test("A read-only layout is not written to")
    func readOnly() throws {
        let builder = try LayoutBuilder()
        let cache = "\(builder.directory.path)/cache"
        #expect(
            LayerStore.derivedDirectory(of: builder.layout, cacheDirectory: cache)
                == "\(builder.path)/derived")
        try Tool.run("chmod", ["a-w", builder.path])
        #expect(LayerStore.derivedDirectory(of: builder.layout, cacheDirectory: cache) == "\(cache)/derived")
        try Tool.run("chmod", ["u+w", builder.path])
    }
}
