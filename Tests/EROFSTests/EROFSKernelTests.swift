import Bytes
import EROFS
import FileTree
import Foundation
import TestSupport
import Testing

/// Linux mounts our images and finds what was written.
@Suite struct EROFSKernelTests {
    @Test(
        "Linux finds every name, mode, owner, time, link, attribute and content that went in",
        .enabled(if: MountedImage.isPossible, "the kernel for tests, QEMU, busybox or GNU tar is missing"))
    func corpus() throws {
        let corpus = try HostileCorpus()
        let folder = try TemporaryFolder()
        let path = try folder.write("image", Image.bytes(corpus.tree, corpus.store))
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
}
