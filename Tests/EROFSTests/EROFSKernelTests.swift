import Bytes
import Digests
import EROFS
import FileTree
import Foundation
import Host
import TestSupport
import Testing

/// Linux mounts our images and finds what was written.
@Suite struct EROFSKernelTests {
    @Test(
        "Linux finds every name, mode, owner, time, link, attribute and content that went in",
        .enabled(if: MountedImage.isPossible, "the kernel for tests, QEMU, busybox or GNU tar is missing"))
    func corpus() throws {
        let corpus = try HostileCorpus()
        let directory = try TemporaryDirectory()
        let path = try directory.write("image", Image.bytes(corpus.tree, corpus.store))
        let files = "thousands pipes/fifo pipes/socket hard/a hard-special/*-too links/4095"
        let mounted = try MountedImage(
            path, type: "erofs",
            commands: """
                for f in . \(files); do $B stat -c '%n|%F|%h|%a|%u:%g|%Y' "$f"; done
                $B stat -f -c '%s %b %f %d %l' .
                """)
        var kept = TreeComparison.Kept()
        // A tar has no sockets, and GNU tar knows hard links of no other kinds.
        kept.path = { $0 == "pipes/socket" ? nil : $0 }
        kept.hardLinks = { if case .symbolicLink = $0 { true } else { $0 == .regular } }
        #expect(
            TreeComparison.differences(between: corpus.tree, corpus.store, and: mounted, kept: kept) == [])
        let lines = mounted.console.split(separator: "\n").map(String.init)
        let size = try Image.bytes(corpus.tree, corpus.store).count / 4096
        #expect(
            lines == [
                ".|directory|23|755|0:0|1492533000", "thousands|directory|2|755|0:0|1492533000",
                "pipes/fifo|fifo|1|640|0:0|1500000000", "pipes/socket|socket|1|755|3:0|1500000000",
                "hard/a|regular file|5|644|0:0|1500000000",
                "hard-special/fifo-too|fifo|2|600|0:0|1500000000",
                "hard-special/link-too|symbolic link|2|777|0:0|1500000000",
                "hard-special/null-too|character special file|2|666|0:0|1500000000",
                "links/4095|symbolic link|1|777|0:0|1500000000",
                "4096 \(size) 0 \(UInt64.max - UInt64(corpus.tree.nodes.count)) 255",
                "/gnu-tar: ./pipes/socket: socket ignored",
            ])
    }

    @Test(
        "Linux finds in the frozen image what went in",
        .enabled(if: MountedImage.isPossible, "the kernel for tests, QEMU, busybox or GNU tar is missing"))
    func frozen() throws {
        let tree = try Image.everything()
        let directory = try TemporaryDirectory()
        let mounted = try MountedImage(try directory.write("image", Image.bytes(tree)), type: "erofs")
        var kept = TreeComparison.Kept()
        kept.path = { $0 == "socket" ? nil : $0 }
        #expect(TreeComparison.differences(between: tree, CorpusStore(), and: mounted, kept: kept) == [])
    }

    @Test(
        "Linux finds 70,000 directories in one, 70,000 names of one file and a file over 4 GiB",
        .enabled(if: MountedImage.isPossible, "the kernel for tests, QEMU, busybox or GNU tar is missing"),
        .enabled(if: HostEnvironment.variable("IDENTIKIT_SOAK") != nil, "only where IDENTIKIT_SOAK is set"))
    func many() throws {
        let corpus = try HostileCorpus(.slow)
        let directory = try TemporaryDirectory()
        var sink = BufferedSink(try AtomicFile(path: "\(directory.path)/image"))
        try EROFSImage(tree: corpus.tree, stamp: Image.stamp).extents.write(to: &sink, from: corpus.store)
        try sink.finish().commit()
        let large = "large/over-4GiB"
        // A tar of all of it takes an emulated processor many minutes.
        let mounted = try MountedImage(
            "\(directory.path)/image", type: "erofs",
            commands: """
                $B stat -c '%n %h' many hard-many/69999 many/directory-0
                for f in many hard-many; do $B ls $f | $B sha256sum; done
                $B cat many/directory-69999/file; echo
                $B stat -c '%s' \(large)
                $B dd if=\(large) bs=65536 skip=65535 2>/dev/null | $B sha256sum
                """, leavingOut: ["many", "hard-many", "large"])
        let contents = try corpus.tree.node(of: #require(corpus.tree.entry(at: ByteString(large)))).contents
        var end = SHA256Hasher()
        try corpus.store.copy(contents.slice(65535 * 65536..<contents.count), to: &end)
        let expected = [
            "many 70002", "hard-many/69999 70000", "many/directory-0 2",
            try Self.names(corpus.tree, in: "many"),
            try Self.names(corpus.tree, in: "hard-many"), "many/directory-69999/file", "4294967301",
            "\(end.finalize())  -",
        ]
        #expect(mounted.console.split(separator: "\n").map(String.init) == expected)
    }

    /// The digest of the names in a directory, a line each.
    private static func names(_ tree: FileTree, in directory: ByteString) throws -> String {
        let entry = try #require(tree.entry(at: directory))
        let lines: [UInt8] = tree.children(of: entry).flatMap { tree.name(of: $0).bytes + [0x0A] }
        return "\(SHA256Digest(hashing: lines))  -"
    }
}
