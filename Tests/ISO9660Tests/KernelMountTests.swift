import Bytes
import Digests
import FileTree
import Foundation
import Host
import ISO9660
import TestSupport
import Testing

/// Linux mounts what we wrote and shows each file as it was.
@Suite(
    "The kernel's isofs", .enabled(if: Linux.exists, "the kernel for tests is not beside the project"),
    .enabled(
        if: Tool.available("qemu-system-x86_64", "busybox", "cpio"),
        "qemu-system-x86_64, busybox or cpio is not installed"))
struct KernelMountTests {
    @Test("shows every name, mode, owner, time, link, device and content") func mount() throws {
        let parts: HostileCorpus.Parts = [
            .sizes, .equalFiles, .longNames, .twinNames, .deepDirectories, .longestPath, .symbolicLinks,
            .hardLinks, .specialHardLinks, .deviceFiles, .pipes, .permissions, .owners, .times,
        ]
        let corpus = try HostileCorpus(parts)
        let shown = try Linux.show(Image.bytes(corpus.tree, corpus.store))
        var expected = try Self.expected(corpus.tree, corpus.store)
        // Linux shows of a name what fits 253 bytes.
        for key in expected.keys where !shown.keys.contains(key) {
            if let cut = Self.cut(key) { expected[cut] = expected.removeValue(forKey: key) }
        }
        for key in Set(shown.keys).union(expected.keys).sorted() where shown[key] != expected[key] {
            Issue.record(
                "\(key.text.prefix(200).debugDescription): \(shown[key] ?? "missing") instead of \(expected[key] ?? "nothing")"
            )
        }
    }

    /// The path with its long names as Linux shows them; nil if it has none.
    private static func cut(_ path: ByteString) -> ByteString? {
        let parts = path.bytes.split(separator: 0x2F)
        guard parts.contains(where: { $0.count > 253 }) else { return nil }
        let cut = parts.map { part in
            part.count <= 253 ? part : part[..<(part.prefix(254).lastIndex { $0 & 0xC0 != 0x80 } ?? 0)]
        }
        return ByteString(cut.joined(separator: [0x2F]))
    }

    private static func expected(_ tree: FileTree, _ store: CorpusStore) throws -> [ByteString: String] {
        var expected: [ByteString: String] = [:]
        var subdirectories = [Int](repeating: 0, count: tree.count)
        for entry in tree where entry.node.kind == .directory {
            if let parent = tree.parent(of: entry.index) { subdirectories[parent] += 1 }
        }
        for entry in tree where !entry.path.isEmpty {
            let metadata = entry.node.metadata
            let seconds = min(max(metadata.modified.seconds, -2_208_988_800), 5_869_583_999)
            let links = entry.node.kind == .directory ? 2 + subdirectories[entry.index] : entry.linkCount
            var line =
                "\(kind(entry.node.kind)) \(String(metadata.permissions, radix: 8)) \(links) \(metadata.uid) \(metadata.gid) "
            // Linux before 6.12 has 32 bits for the time of an ISO 9660 file.
            line += "\(Int32(truncatingIfNeeded: seconds))"
            switch entry.node.kind {
            case .symbolicLink(let target): line += " './\(entry.path.text)' -> '\(target.text)'"
            case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
                line += " \(String(major, radix: 16)):\(String(minor, radix: 16))"
            case .regular:
                var source = try store.source(entry.node.contents)
                let bytes = try source.readAll(limit: 1 << 24, of: "a file")
                line += " \(SHA256Digest(hashing: bytes))"
            case .directory, .fifo, .socket: break
            }
            expected[entry.path] = line
        }
        return expected
    }

    private static func kind(_ kind: FileKind) -> String {
        switch kind {
        case .regular: "regular"
        case .directory: "directory"
        case .symbolicLink: "link"
        case .characterDevice: "character"
        case .blockDevice: "block"
        case .fifo: "fifo"
        case .socket: "socket"
        }
    }
}

/// The small kernel, with busybox on an initrd.
enum Linux {
    static let kernel = "\((Conformance.root as NSString).deletingLastPathComponent)/shared/kernel/bzImage"

    static var exists: Bool { FileManager.default.fileExists(atPath: kernel) }

    /// An archive with busybox and `script` as `init`.
    static func initrd(_ script: String) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        try directory.write("init", script)
        try Tool.run("cp", [Command.find("busybox") ?? "", "\(directory.path)/busybox"])
        try Tool.run("chmod", ["755", "\(directory.path)/init"])
        return try Tool.run(
            "cpio", ["-o", "-H", "newc", "--quiet", "--owner=0:0"], in: directory.path,
            input: Array("init\nbusybox\n".utf8)
        ).output
    }

    /// Mounts `image` as a CD and returns a line for each path.
    static func show(_ image: [UInt8]) throws -> [ByteString: String] {
        let directory = try TemporaryDirectory()
        try directory.write("image.iso", image)
        try directory.write("out", [UInt8](repeating: 0, count: 16 << 20))
        try directory.write("initrd", initrd(script))
        let result = try Command(
            "qemu-system-x86_64",
            [
                "-machine", "q35,accel=tcg", "-m", "512", "-nographic", "-no-reboot", "-net", "none",
                "-kernel",
                kernel, "-initrd", "\(directory.path)/initrd", "-cdrom", "\(directory.path)/image.iso",
                "-drive",
                "file=\(directory.path)/out,format=raw,if=virtio", "-append", "console=ttyS0 panic=-1 quiet",
            ], timeLimit: 120
        ).run()
        let out = try directory.read("out")
        guard let end = out.firstIndex(of: 0), end > 0 else {
            Issue.record("Linux shows nothing: \(result.outputText)")
            return [:]
        }
        return parse(String(decoding: out[..<end], as: UTF8.self))
    }

    /// Records end with `#.` on a line; what is behind a path stands on a line of its own. Then come lines of digests.
    private static func parse(_ text: String) -> [ByteString: String] {
        var lines: [ByteString: String] = [:]
        let parts = text.components(separatedBy: "#=\n")
        for record in parts[0].components(separatedBy: "#.\n") {
            guard let cut = record.range(of: "\n#:", options: .backwards) else { continue }
            lines[ByteString(String(record[..<cut.lowerBound].dropFirst(2)))] = String(
                record[cut.upperBound...])
        }
        for line in parts.dropFirst().joined().split(separator: "\n") {
            lines[ByteString(String(line.dropFirst(68))), default: "no record"] += " \(line.prefix(64))"
        }
        return lines
    }

    private static let script = #"""
        #!/busybox sh
        B=/busybox
        $B mkdir /dev /proc /m; $B mount -t devtmpfs d /dev; $B mount -t proc p /proc
        $B mount -t iso9660 -o ro /dev/sr0 /m || $B poweroff -f
        cd /m
        say() { # find's test, what is said of it, its details
            $B find . -mindepth 1 -type $1 -exec $B stat -c "%n
        #:$2 %a %h %u %g %Y$3#." {} +
        }
        {
            say d directory ""
            say p fifo ""
            say s socket ""
            say c character " %t:%T"
            say b block " %t:%T"
            say l link " %N"
            say f regular ""
            echo "#="
            $B find . -type f -exec $B sha256sum {} +
        } > /dev/vda
        $B sync
        $B poweroff -f

        """#
}
