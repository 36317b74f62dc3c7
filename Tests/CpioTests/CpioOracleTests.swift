import Bytes
import Cpio
import FileTree
import Foundation
import Host
import TestSupport
import Testing

/// Other people's tools unpack what we wrote.
@Suite struct CpioOracleTests {
    /// What extraction must not lose, of one file.
    private struct Found: Hashable, CustomStringConvertible {
        var fields: [String]
        var description: String { fields.joined(separator: " | ") }
    }

    private static let isRoot = geteuid() == 0

    @Test(
        "bsdcpio and GNU cpio unpack every name, kind, mode, time, link and content",
        .enabled(if: Tool.available("bsdcpio", "cpio", "find"), "bsdcpio, cpio or find is not installed"),
        arguments: ["bsdcpio", "cpio"])
    func unpacked(_ tool: String) throws {
        let tree = try Self.tree()
        let directory = try TemporaryDirectory()
        let archive = try directory.write("archive.cpio", Archive.bytes(tree))
        try directory.write("root/.keep", "")
        let target = "\(directory.path)/root"
        try FileManager.default.removeItem(atPath: "\(target)/.keep")
        let arguments =
            tool == "cpio" ? ["-idm", "--quiet", "-F", archive] : ["-idm", "--quiet", "-F", archive]
        try Tool.run(tool, arguments, in: target, environment: ["LC_ALL": "C.UTF-8"])
        let found = try Self.find(in: target)
        let expected = Self.expected(tree)
        for path in Set(found.keys).union(expected.keys).sorted() {
            #expect(found[path] == expected[path], "\(path.debugDescription)")
        }
        for entry in tree where entry.node.kind == .regular {
            guard case .bytes(let text) = entry.node.contents else { continue }
            #expect(try directory.read("root/\(entry.path.text)") == text.bytes, "\(entry.path)")
        }
    }

    private static func tree() throws -> FileTree {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        let odd = [
            "with space", "new\nline", "-dash", "*", "ünïcode", "TRAILER!!!", "dir/TRAILER!!!", "back\\slash",
        ]
        for (index, name) in odd.enumerated() {
            try builder.add(
                ByteString(name),
                FileNode(
                    kind: .regular,
                    metadata: Archive.metadata(index % 2 == 0 ? 0o600 : 0o4755, uid: isRoot ? 7 : geteuid()),
                    contents: .bytes(ByteString(name + String(repeating: "!", count: index)))))
        }
        let deep = ByteString((0..<12).map { _ in String(repeating: "d", count: 250) }.joined(separator: "/"))
        for path: ByteString in ["m", "empty", deep] {
            try builder.add(
                path,
                FileNode(
                    kind: .regular, metadata: Archive.metadata(0o644, uid: isRoot ? 0 : geteuid()),
                    contents: .bytes(path == "empty" ? "" : "contents")))
        }
        try builder.addHardLink("a/first", to: "m")
        try builder.addHardLink("z/last", to: "m")
        try builder.addHardLink("z/empty", to: "empty")
        try builder.add(
            "link", FileNode(kind: .symbolicLink("some/where else"), metadata: Archive.metadata(0o777)))
        try builder.addHardLink("link2", to: "link")
        try builder.add(
            "fifo", FileNode(kind: .fifo, metadata: Archive.metadata(0o640, uid: isRoot ? 0 : geteuid())))
        if isRoot {
            let null = FileNode(
                kind: .characterDevice(major: 1, minor: 3), metadata: Archive.metadata(0o666, uid: 4))
            try builder.add("dev/null", null)
            try builder.addHardLink("dev/zero", to: "dev/null")
            try builder.add(
                "dev/loop",
                FileNode(kind: .blockDevice(major: 7, minor: 300), metadata: Archive.metadata(0o660)))
        }
        return builder.freeze()
    }

    private static func expected(_ tree: FileTree) -> [String: Found] {
        var found: [String: Found] = [:]
        for entry in tree.dropFirst() {
            let metadata = entry.node.metadata
            let isDirectory = entry.node.kind == .directory
            // Symbolic links never share a node in an archive.
            let isSymbolicLink = if case .symbolicLink = entry.node.kind { true } else { false }
            let (letter, target) = describe(entry.node.kind)
            let fields = [
                letter, String(metadata.permissions, radix: 8),
                String(isDirectory || isSymbolicLink ? 1 : entry.linkCount),
                isDirectory || isSymbolicLink ? "" : String(metadata.modified.seconds),
                isRoot ? "\(metadata.uid)" : "", target,
            ]
            found[entry.path.text] = Found(fields: fields)
        }
        return found
    }

    private static func describe(_ kind: FileKind) -> (String, String) {
        switch kind {
        case .regular: ("f", "")
        case .directory: ("d", "")
        case .symbolicLink(let target): ("l", target.text)
        case .characterDevice: ("c", "")
        case .blockDevice: ("b", "")
        case .fifo: ("p", "")
        case .socket: ("s", "")
        }
    }

    private static func find(in directory: String) throws -> [String: Found] {
        let format = #"%P\0%y\0%m\0%n\0%T@\0%U\0%l\0"#
        let output = try Tool.run("find", [".", "-mindepth", "1", "-printf", format], in: directory).output
        let fields = output.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var found: [String: Found] = [:]
        for start in stride(from: 0, to: fields.count - 6, by: 7) {
            let isDirectory = fields[start + 1] == "d"
            // GNU cpio leaves the times of links alone; a directory's change with what is made in it.
            let hasTime = !isDirectory && fields[start + 1] != "l"
            let seconds = String(fields[start + 4].prefix { $0 != "." })
            found[fields[start]] = Found(fields: [
                fields[start + 1], fields[start + 2], isDirectory ? "1" : fields[start + 3],
                hasTime ? seconds : "", isRoot ? fields[start + 5] : "", fields[start + 6],
            ])
        }
        return found
    }
}
