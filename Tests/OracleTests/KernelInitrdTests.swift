import Bytes
import Cpio
import Digests
import FileTree
import Foundation
import Host
import TestSupport
import Testing

@testable import Outputs

/// Linux itself unpacks an initrd of ours, and its first process says what it found.
@Suite struct KernelInitrdTests {
    private struct NoBlobs: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }

    private static let kernel = "\(Conformance.root)/../shared/kernel/bzImage"
    private static let busybox = "/usr/bin/busybox"
    private static var isPossible: Bool {
        [kernel, busybox].allSatisfy(FileManager.default.fileExists(atPath:))
            && Tool.available("qemu-system-x86_64")
    }

    /// Prints facts about the files, one a line, then powers off.
    private static let script = """
        #!/bin/busybox sh
        say() { echo "FACT $*"; }
        cd /
        say "$(/bin/busybox stat -c '%h %a %u:%g %Y' a/first b/second z)"
        say "$(/bin/busybox stat -c '%i' a/first b/second z | /bin/busybox uniq | /bin/busybox wc -l)"
        say "$(/bin/busybox cat z b/second)"
        say "$(/bin/busybox stat -c '%F %t,%T %a' null null2)"
        say "$(/bin/busybox readlink link) $(/bin/busybox readlink link2)"
        say "$(/bin/busybox stat -c '%s %h' TRAILER!!! after)"
        say "$(/bin/busybox stat -c '%a %Y' / dir)"
        say "$(/bin/busybox cat early/file)"
        say "$(/bin/busybox wc -c < big) $(/bin/busybox md5sum < big)"
        /bin/busybox poweroff -f

        """

    private static let expected = """
        FACT 3 4711 7:8 1500000000
        3 4711 7:8 1500000000
        3 4711 7:8 1500000000
        FACT 1
        FACT linkedlinked
        FACT character special file 1,3 640
        character special file 1,3 640
        FACT some/where some/where
        FACT 11 1
        5 1
        FACT 711 1500000000
        1751 1500000000
        FACT early
        FACT 3000001 99194552b8802eb0fc6e11828420f02f  -
        """

    private static func tree() throws -> FileTree {
        let time = Timestamp(seconds: 1_500_000_000)
        func file(_ permissions: UInt16, _ contents: [UInt8], uid: UInt32 = 0, gid: UInt32 = 0) -> FileNode {
            let metadata = FileMetadata(permissions: permissions, uid: uid, gid: gid, modified: time)
            return FileNode(kind: .regular, metadata: metadata, contents: .bytes(ByteString(contents)))
        }
        func other(_ kind: FileKind, _ permissions: UInt16) -> FileNode {
            FileNode(kind: kind, metadata: FileMetadata(permissions: permissions, modified: time))
        }
        var builder = FileTree.Builder(stamp: time)
        try builder.add("/", other(.directory, 0o711))
        try builder.add("dir", other(.directory, 0o1751))
        try builder.add(
            "bin/busybox", file(0o755, Array(try Data(contentsOf: URL(fileURLWithPath: busybox)))))
        try builder.add("init", file(0o755, Array(script.utf8)))
        try builder.add("z", file(0o4711, Array("linked".utf8), uid: 7, gid: 8))
        try builder.addHardLink("a/first", to: "z")
        try builder.addHardLink("b/second", to: "z")
        try builder.add("dev/console", other(.characterDevice(major: 5, minor: 1), 0o600))
        try builder.add("null", other(.characterDevice(major: 1, minor: 3), 0o640))
        try builder.addHardLink("null2", to: "null")
        try builder.add("link", other(.symbolicLink("some/where"), 0o777))
        try builder.addHardLink("link2", to: "link")
        try builder.add("TRAILER!!!", file(0o644, Array("not the end".utf8)))
        try builder.add("after", file(0o644, Array("after".utf8)))
        try builder.add("big", file(0o644, (0..<3_000_001).map { UInt8(truncatingIfNeeded: ($0 * 31) >> 7) }))
        return builder.freeze()
    }

    /// An archive of its own whose length is no multiple of 4, as microcode may be.
    private static func microcode() throws -> [UInt8] {
        // Its root is the image's root too: the first time that the kernel reads counts.
        let time = Timestamp(seconds: 1_500_000_000)
        var builder = FileTree.Builder(stamp: time)
        let node = FileNode(
            kind: .regular, metadata: FileMetadata(permissions: 0o644, modified: time),
            contents: .bytes("early"))
        try builder.add("early/file", node)
        var writer = CpioWriter(ByteArraySink())
        try writer.write(builder.freeze(), from: NoBlobs())
        return try writer.finish().bytes + [0]
    }

    @Test("The kernel unpacks names, links, devices, modes and times", .enabled(if: isPossible))
    func boots() throws {
        let directory = try TemporaryDirectory()
        let initrd = try InitrdWriter.write(
            Self.tree(), microcode: .bytes(ByteString(Self.microcode())), from: NoBlobs(),
            to: ByteArraySink(),
            jobs: 2
        ).bytes
        let path = try directory.write("initrd", initrd)
        let result = try Tool.run(
            "qemu-system-x86_64",
            [
                "-machine", "q35,accel=tcg", "-m", "512", "-nographic", "-no-reboot", "-net", "none",
                "-kernel",
                Self.kernel, "-initrd", path, "-append", "console=ttyS0 panic=1 quiet",
            ])
        // The firmware clears the screen without ending the line.
        let text = String(decoding: result.output.filter { $0 != 0x0D }, as: UTF8.self)
        let facts = text.firstRange(of: "FACT").map { text[$0.lowerBound...] } ?? ""
        #expect(facts.hasPrefix(Self.expected + "\n"), "\(text.suffix(4000))")
    }
}
