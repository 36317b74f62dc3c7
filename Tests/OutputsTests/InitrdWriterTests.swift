import Assembly
import Bytes
import Cpio
import Decompression
import Digests
import FileTree
import Host
import Tar
import TestSupport
import Testing

@testable import Outputs

struct NoBlobs: BlobStore {
    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
}

@Suite struct InitrdWriterTests {
    private static func tree(extra: Int = 0) throws -> FileTree {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        var metadata = FileMetadata(permissions: 0o755, modified: Timestamp(seconds: 5))
        for index in 0..<100 + extra {
            let text = (0..<(index * 331) % 20_000).map { UInt8(truncatingIfNeeded: $0 * index >> 5) }
            try builder.add(
                ByteString("dir\(index % 7)/file\(index)"),
                FileNode(kind: .regular, metadata: metadata, contents: .bytes(ByteString(text))))
        }
        metadata.xattrs = [ExtendedAttribute(name: "security.capability", value: "x")]
        try builder.add("ping", FileNode(kind: .regular, metadata: metadata, contents: .bytes("ping")))
        try builder.addHardLink("ping6", to: "ping")
        return builder.freeze()
    }

    private static func write(_ tree: FileTree, microcode: FileContents? = nil, jobs: Int = 1) throws
        -> [UInt8]
    {
        try InitrdWriter.write(tree, microcode: microcode, from: NoBlobs(), to: ByteArraySink(), jobs: jobs)
            .bytes
    }

    @Test("The gzip member holds the tree, and nothing of it depends on the number of jobs")
    func contents() throws {
        let tree = try Self.tree()
        let initrd = try Self.write(tree)
        #expect(try Self.write(tree, jobs: 3) == initrd)
        var source = try Decompressor.source(over: ByteArraySource(initrd), compression: .gzip)
        let archive = try source.readAll(limit: 1 << 24, of: "initrd")
        var reader = CpioReader(ByteArraySource(archive))
        var names: [ByteString] = []
        while let member = try reader.next() { names.append(member.header.name) }
        #expect(Array(names.dropFirst()) == tree.dropFirst().map(\.path))
    }

    @Test("Microcode stands first, uncompressed, padded to 4 bytes")
    func microcode() throws {
        let tree = try Self.tree()
        let plain = try Self.write(tree)
        let microcode = Array("070701 microcode".utf8) + [1]
        let initrd = try Self.write(tree, microcode: .bytes(ByteString(microcode)))
        #expect(initrd == microcode + [0, 0, 0] + plain)
        #expect(try Self.write(tree, microcode: .empty) == plain)
    }

    @Test("A kernel whose blob is too short is an error and no file")
    func shortKernel() throws {
        let directory = try TemporaryDirectory()
        let digest = SHA256Digest(hashing: "kernel")
        let session = OutputSession(
            image: AssembledImage(body: []), store: NoBlobs(), stamp: BuildStamp(),
            options: OutputSession.Options(base: "\(directory.path)/out", jobs: 1, architecture: "amd64"))
        let kernel = FileContents.blob(digest: digest, offset: 0, length: 6, contentDigest: digest)
        #expect(throws: StreamError.unexpectedEnd(of: "blob \(digest)", offset: 0)) {
            try session.writeContents(kernel, "-kernel")
        }
        #expect(try directory.list().isEmpty)
    }

    @Test("What is lost is reported by name and path")
    func losses() throws {
        let directory = try TemporaryDirectory()
        var header = TarHeader(name: "ping", typeFlag: .regular)
        header.records = [PaxRecord(key: "SCHILY.xattr.security.capability", value: "x")]
        let entry = AssembledEntry(entry: TarEntry(header: header, contents: .empty))
        var warnings: [String] = []
        let session = OutputSession(
            image: AssembledImage(body: [entry]), store: NoBlobs(), stamp: BuildStamp(),
            options: OutputSession.Options(base: "\(directory.path)/out", jobs: 1, architecture: "amd64")
        ) { event in
            if case .warning(let text) = event { warnings.append(text) }
        }
        let format = try #require(OutputFormats.named("kernel+initrd"))
        _ = try session.stagedInitrd(for: format)
        _ = try session.stagedInitrd(for: format)
        #expect(
            warnings == [
                "initrd: dropped extended attribute security.capability of /ping (an initrd cannot store it)"
            ])
    }

    @Test(
        "gzip and cpio list what is in it",
        .enabled(if: Tool.available("gzip", "cpio"), "gzip or cpio is not installed"))
    func oracle() throws {
        let tree = try Self.tree()
        let archive = try Tool.run("gzip", ["-dc"], input: try Self.write(tree)).output
        let listing = try Tool.run("cpio", ["-it", "--quiet"], input: archive)
        let expected = tree.map { $0.path.isEmpty ? "." : $0.path.text }
        #expect(listing.outputText.split(separator: "\n").map(String.init) == expected)
    }
}
