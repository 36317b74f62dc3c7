import Bytes
import FileTree
import Foundation
import Host
import SquashFS
import TestSupport
import Testing

/// Linux itself mounts an image of ours as its root, and its first process says what it finds.
@Suite struct SquashFSKernelTests {
    private static let kernel =
        "\((Conformance.root as NSString).deletingLastPathComponent)/shared/kernel/bzImage"
    private static let busybox = "/usr/bin/busybox"
    private static var isPossible: Bool {
        [kernel, busybox].allSatisfy(FileManager.default.fileExists(atPath:))
            && Tool.available("qemu-system-x86_64")
    }

    /// Prints facts, one a line, then powers off. The names of the large directory are looked up one by one,
    /// which goes through its index, and so are some that it does not have.
    private static let script = """
        #!/bin/busybox sh
        for name in stat ls md5sum wc mount uniq; do
            eval "$name() { /bin/busybox $name \\"\\$@\\"; }"
        done
        say() { echo "FACT $*"; }
        cd /
        say $(stat -c '%h,%a,%u:%g,%Y,%s' a/first b/second z)
        say $(stat -c '%i' a/first b/second z | uniq | wc -l)
        say $(stat -c '%F:%t,%T:%a' null far)
        say $(/bin/busybox readlink link)
        say $(stat -c '%F' fifo socket)
        say $(stat -c '%a,%Y,%h' / dir)
        say $(stat -c '%s,%b' holes) $(md5sum < holes)
        say $(md5sum < big) $(md5sum < small)
        say $(ls -a empty)
        say $(ls large | wc -l) $(ls large | md5sum)
        found=0
        for name in $(ls large); do [ -s large/$name ] && found=$((found + 1)); done
        for name in 0 name-1 name-99999 zzz; do [ -e large/$name ] && found=none; done
        say $found
        mount -t proc proc /proc
        mount -t tmpfs tmpfs /tmp
        echo >/tmp/owned
        /bin/busybox start-stop-daemon -S -c somebody -x /bin/busybox-plain -- chown 7 /tmp/owned 2>/dev/null
        say $(stat -c %u /tmp/owned)
        /bin/busybox start-stop-daemon -S -c somebody -x /bin/busybox-capable -- chown 7 /tmp/owned
        say $(stat -c %u /tmp/owned)
        /bin/busybox poweroff -f

        """

    private static let expected = [
        "3,4711,7:70000,1500000000,6 3,4711,7:70000,1500000000,6 3,4711,7:70000,1500000000,6", "1",
        "character special file:1,3:640 block special file:fff,fffff:600", "some/where",
        "fifo socket", "711,1500000000,12 1751,1500000000,2",
        // 3,000,000 bytes, of which the first and the last block are stored.
        "3000000,\((131_072 + 3_000_000 % 131_072 + 511) / 512) \(md5(holes)) -",
        "\(md5(big)) - \(md5(small)) -", ". ..", "5000 \(md5(largeListing)) -", "5000", "0", "7",
    ]

    private static let holes: [UInt8] =
        [1] + [UInt8](repeating: 0, count: 2_999_998) + [2]
    private static let big = Image.text(1_000_001, seed: 1)
    private static let small = Image.text(4001, seed: 2)
    private static let largeNames = (0..<5000).map {
        String(format: "name-%05d-\(String(repeating: "n", count: $0 % 200))", $0)
    }
    private static let largeListing = Array(largeNames.map { $0 + "\n" }.joined().utf8)

    private static func md5(_ bytes: [UInt8]) -> String {
        let result = try? Command(busybox, ["md5sum"], input: bytes).run()
        return String(result?.outputText.prefix(32) ?? "")
    }

    private static func tree(_ store: inout Image.Store) throws -> FileTree {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1_500_000_000))
        func add(_ path: ByteString, _ kind: FileKind, _ metadata: FileMetadata) throws {
            try builder.add(path, FileNode(kind: kind, metadata: metadata))
        }
        func file(_ path: ByteString, _ bytes: [UInt8], _ metadata: FileMetadata = Image.metadata()) throws {
            try builder.add(
                path, FileNode(kind: .regular, metadata: metadata, contents: store.add(bytes)))
        }
        try add("/", .directory, Image.metadata(0o711))
        try add("dir", .directory, Image.metadata(0o1751))
        try add("empty", .directory, Image.metadata(0o755))
        try add("proc", .directory, Image.metadata(0o755))
        try add("tmp", .directory, Image.metadata(0o755))
        let program = Array(try Data(contentsOf: URL(fileURLWithPath: busybox)))
        // Revision 2, effective; CAP_CHOWN is bit 0 of what is permitted.
        let capability: [UInt8] = [1, 0, 0, 2, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 12)
        try file("bin/busybox", program, Image.metadata(0o755))
        try file("bin/busybox-plain", program, Image.metadata(0o755))
        try file(
            "bin/busybox-capable", program,
            Image.metadata(0o755, xattrs: [("security.capability", ByteString(capability))]))
        try file("init", Array(script.utf8), Image.metadata(0o755))
        try file("z", Array("linked".utf8), Image.metadata(0o4711, uid: 7, gid: 70_000))
        try builder.addHardLink("a/first", to: "z")
        try builder.addHardLink("b/second", to: "z")
        try add("dev/console", .characterDevice(major: 5, minor: 1), Image.metadata(0o600))
        try add("null", .characterDevice(major: 1, minor: 3), Image.metadata(0o640))
        try add("far", .blockDevice(major: 4095, minor: 1_048_575), Image.metadata(0o600))
        try add("link", .symbolicLink("some/where"), Image.metadata(0o777))
        try add("fifo", .fifo, Image.metadata())
        try add("socket", .socket, Image.metadata())
        try file("etc/passwd", Array("somebody:x:1000:1000::/:/bin/sh\n".utf8))
        try file("holes", holes)
        try file("big", big)
        try file("small", small)
        for name in largeNames { try file(ByteString("large/\(name)"), Array(name.utf8)) }
        return builder.freeze()
    }

    @Test(
        "The kernel mounts it as root: modes, owners, links, holes, a large directory, capabilities",
        .enabled(if: isPossible, "the kernel, QEMU or busybox is missing"))
    func boots() throws {
        var store = Image.Store()
        let tree = try Self.tree(&store)
        let directory = try TemporaryDirectory()
        let image = try directory.write("image", Image.bytes(tree, store, jobs: 2))
        let result = try Command(
            "qemu-system-x86_64",
            [
                "-machine", "q35,accel=tcg", "-m", "512", "-nographic", "-no-reboot", "-net", "none",
                "-kernel", Self.kernel, "-drive", "file=\(image),format=raw,if=virtio,readonly=on", "-append",
                "console=ttyS0 panic=-1 quiet root=/dev/vda rootfstype=squashfs ro init=/init",
            ], timeLimit: 180
        ).run()
        let text = String(decoding: result.output.filter { $0 != 0x0D }, as: UTF8.self)
        let facts = text.split(separator: "\n").compactMap { line in
            line.firstRange(of: "FACT ").map { String(line[$0.upperBound...]) }
        }
        #expect(facts == Self.expected, "\(text.suffix(4000))")
    }
}
