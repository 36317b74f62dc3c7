import Bytes
import Digests
import FileTree
import Host
import OCI
import TestSupport
import Testing

@Suite("Layers verified while a build goes on")
struct LayerCheckTests {
    private let builder: LayoutBuilder
    private let image: Image
    private let tar = TestTar.archive([.file("f", "contents")])

    /// An image of two layers that were imported before.
    init() throws {
        builder = try LayoutBuilder()
        try builder.image("i", layers: [[.file("f", "contents")], [.file("g", "more")]])
        image = try builder.layout.image(ImageReference("i"), platform: Platform(architecture: "amd64"))
        _ = try Self.store(builder).entries(of: image)
    }

    private static func store(_ builder: LayoutBuilder) -> LayerStore {
        LayerStore(layout: builder.layout, directory: "\(builder.directory.path)/derived")
    }

    private func damage(_ name: String) throws {
        var bytes = try builder.directory.read(name)
        bytes[30] ^= 1
        try builder.directory.write(name, bytes)
    }

    @Test("Entries are there at once, contents when they are verified", arguments: [1, 2, 7])
    func good(jobs: Int) async throws {
        let store = Self.store(builder)
        try await store.begin([image, image], jobs: jobs)
        #expect(try store.entries(of: image).count == 2)
        let bytes = try store.open(image.layers[0].diffID).bytes(at: 0, length: tar.count, of: "tar")
        #expect(bytes == tar)
        try store.finish()
        try store.finish()
        // All of it is known to be sound now.
        try await store.begin([image], jobs: jobs)
        try store.finish()
    }

    @Test("What is not there yet is imported")
    func new() async throws {
        try Directory.remove("\(builder.directory.path)/derived")
        let store = Self.store(builder)
        try await store.begin([image], jobs: 2)
        #expect(try store.entries(of: image).count == 2)
        try store.finish()
        #expect(try builder.directory.list("derived/layers").count == 4)
    }

    @Test("Nothing is read from a damaged tar: it is made anew first")
    func damagedTar() async throws {
        let diffID = image.layers[0].diffID
        try damage("derived/layers/\(diffID.hex)")
        let store = Self.store(builder)
        try await store.begin([image], jobs: 1)
        #expect(try store.open(diffID).bytes(at: 0, length: tar.count, of: "tar") == tar)
        try store.finish()
        #expect(try builder.directory.read("derived/layers/\(diffID.hex)") == tar)
    }

    @Test("A damaged blob is told with its image, and nothing of it is given out")
    func damagedBlob() async throws {
        let layer = image.layers[1]
        try damage("layout/blobs/sha256/\(layer.descriptor.digest.hex)")
        let store = Self.store(builder)
        try await store.begin([image], jobs: 1)
        #expect(try store.entries(of: image).count == 2)
        #expect(throws: StreamError.self) { try store.open(layer.diffID) }
        let error = #expect(throws: ImageError.self) { try store.finish() }
        #expect(error?.reference == "docker.io/library/i")
        guard case .wrongBlob(layer.descriptor.digest, _, _) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
