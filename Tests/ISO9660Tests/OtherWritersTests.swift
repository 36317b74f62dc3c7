import Bytes
import FileTree
import Foundation
import Host
import ISO9660
import TestSupport
import Testing

/// Our reader reads what other people's tools wrote.
@Suite struct OtherWritersTests {
    private static let names = [
        "a", "deep/1/2/3/4/5/6/7/8/9/10/11/12/file", "long-" + String(repeating: "n", count: 240),
    ]

    /// A directory with files, links, a pipe and directories deeper than eight levels; and the same as a tree.
    private static func directory(linkLength: Int) throws -> (TemporaryDirectory, FileTree) {
        let directory = try TemporaryDirectory()
        var builder = FileTree.Builder(stamp: BuildStamp().time)
        for (index, name) in names.enumerated() {
            let contents = [UInt8](repeating: UInt8(index), count: index * 3000 + 1)
            try directory.write("tree/\(name)", contents)
            try builder.add(ByteString(name), Image.file(ByteString(contents), 0o640))
        }
        let target = "../" + String(repeating: "t/", count: linkLength / 2 - 3) + "etc"
        let script = """
            ln a hard; ln -s '\(target)' link; mkfifo pipe; mkdir empty; chmod 640 a deep/*/*/*/*/*/*/*/*/*/*/*/*/file long*
            chmod 4711 a; chmod 600 pipe; find . -type d -exec chmod 755 {} +
            find . -exec touch -h -d @1500000000 {} +
            """
        try Tool.run("sh", ["-ec", script], in: "\(directory.path)/tree")
        try builder.add("a", Image.file(ByteString([0]), 0o4711))
        try builder.addHardLink("hard", to: "a")
        try builder.add(
            "link", FileNode(kind: .symbolicLink(ByteString(target)), metadata: Image.metadata(0o777)))
        try builder.add("pipe", FileNode(kind: .fifo, metadata: Image.metadata(0o600)))
        try builder.add("empty", FileNode(kind: .directory, metadata: Image.metadata(0o755)))
        return (directory, builder.freeze())
    }

    private static func differences(_ image: [UInt8], _ tree: FileTree) throws -> [String] {
        var kept = RoundTripTests.kept
        kept.owners = false
        kept.rootMetadata = false
        kept.time = { _ in Timestamp(seconds: 1_500_000_000) }
        // Tools that give no serial numbers tell hard links by the places of their contents.
        kept.hardLinks = { $0 == .regular }
        return TreeComparison.differences(
            between: tree, CorpusStore(), and: try ISO9660Reader(ByteArrayAccess(image)), kept: kept)
    }

    @Test(
        "images of genisoimage, with directories that are moved",
        .enabled(if: Tool.available("genisoimage"), "genisoimage is not installed"))
    func genisoimage() throws {
        // With targets that take more than one entry, genisoimage never ends.
        let (directory, tree) = try Self.directory(linkLength: 200)
        try Tool.run(
            "genisoimage", ["-quiet", "-R", "-J", "-cache-inodes", "-o", "image.iso", "tree"],
            in: directory.path
        )
        // It leaves the directory for the moved ones in sight, and marks it so that it is not seen.
        let differences = try Self.differences(directory.read("image.iso"), tree)
        #expect(differences.filter { !$0.hasPrefix("\"rr_moved\"") } == [])
    }

    @Test(
        "images of xorriso, Rock Ridge 1.10 and 1.12",
        .enabled(if: Tool.available("xorriso"), "xorriso is not installed"),
        arguments: ["new_rr", "old_rr"])
    func xorriso(_ version: String) throws {
        let (directory, tree) = try Self.directory(linkLength: 600)
        try Tool.run(
            "xorriso",
            [
                "-report_about", "SORRY", "-outdev", "image.iso", "-hardlinks", "on", "-compliance", version,
                "-joliet", "on", "-map", "tree", "/", "-commit",
            ], in: directory.path)
        #expect(try Self.differences(directory.read("image.iso"), tree) == [])
    }
}
