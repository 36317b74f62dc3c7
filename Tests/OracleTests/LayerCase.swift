import Bytes
import TestSupport

/// Layers with a question in them, the lowest first.
struct LayerCase: Sendable, CustomStringConvertible {
    let name: String
    let layers: [[TestMember]]
    var description: String { name }

    private static let usr: [TestMember] = [
        .directory("usr"), .directory("usr/bin"), .file("usr/bin/old", "1"), .symlink("bin", to: "usr/bin"),
        .symlink("absolute", to: "/usr/bin"), .symlink("up", to: "../../usr"),
        .symlink("chain", to: "up/bin"),
    ]
    private static let directory: [TestMember] = [
        .directory("d"), .file("d/x", "1"), .directory("d/s"), .file("d/s/y", "1"), .file("e", "1"),
    ]
    private static let linked: [TestMember] = [
        .file("a", "1", mode: 0o4755), .hardLink("b", to: "a"), .hardLink("c", to: "b"),
    ]

    static let all: [LayerCase] = [
        LayerCase(
            name: "hard links of several layers that name each other",
            layers: [
                [.file("b", "1"), .hardLink("d", to: "b")], [.file("b", "2"), .hardLink("b", to: "d")],
                [.hardLink("a", to: "b")],
            ]),
        LayerCase(name: "whiteout of a directory", layers: [directory, [.whiteout("", "d")]]),
        LayerCase(name: "whiteout of what is not there", layers: [directory, [.whiteout("d/", "gone")]]),
        LayerCase(
            name: "whiteout, then new content",
            layers: [directory, [.whiteout("", "d"), .directory("d"), .file("d/n", "2")]]),
        LayerCase(
            name: "new content, then whiteout",
            layers: [directory, [.directory("d"), .file("d/n", "2"), .whiteout("", "d")]]),
        LayerCase(
            name: "file and whiteout of it", layers: [directory, [.file("e", "2"), .whiteout("", "e")]]),
        LayerCase(
            name: "whiteout, readded above", layers: [directory, [.whiteout("", "e")], [.file("e", "3")]]),
        LayerCase(
            name: "opaque first", layers: [directory, [.directory("d"), .opaque("d/"), .file("d/n", "2")]]),
        LayerCase(
            name: "opaque last", layers: [directory, [.directory("d"), .file("d/n", "2"), .opaque("d/")]]),
        LayerCase(
            name: "opaque over a kept subfolder",
            layers: [directory, [.directory("d/s"), .file("d/s/z", "2"), .opaque("d/")]]),
        LayerCase(
            name: "opaque in a directory that nothing names",
            layers: [[.file("w/d/x", "1")], [.opaque("w/d/")]]),
        LayerCase(
            name: "whiteout of the last file of a directory that nothing names",
            layers: [[.file("w/d/x", "1")], [.whiteout("w/d/", "x")]]),
        LayerCase(
            name: "whiteout of a directory that nothing names, in another",
            layers: [[.file("w/d/x", "1")], [.whiteout("w/", "d")]]),
        LayerCase(
            name: "folders that nothing names, emptied one by one",
            layers: [
                [.file("w/d/x", "1")], [.whiteout("w/d/", "x")], [.whiteout("w/", "d")], [.file("n", "4")],
            ]),
        LayerCase(
            name: "a directory behind a link, emptied",
            layers: [[.symlink("l", to: "n/m"), .file("l/x", "1")], [.whiteout("l/", "x")]]),
        LayerCase(
            name: "a hidden directory that new content is in, emptied",
            layers: [
                [.directory("d"), .file("d/o", "1")], [.file("d/n", "2"), .whiteout("", "d")],
                [.whiteout("d/", "n")],
            ]),
        LayerCase(name: "opaque root", layers: [directory, [.opaque(""), .file("n", "2")]]),
        LayerCase(name: "file over directory", layers: [directory, [.file("d", "2")]]),
        LayerCase(name: "link over directory", layers: [directory, [.symlink("d", to: "e")]]),
        LayerCase(name: "folder over file", layers: [directory, [.directory("e"), .file("e/f", "2")]]),
        LayerCase(name: "folder over link", layers: [usr, [.directory("bin"), .file("bin/new", "2")]]),
        LayerCase(name: "file through a link", layers: [usr, [.file("bin/new", "2")]]),
        LayerCase(name: "file through an absolute link", layers: [usr, [.file("absolute/old", "2")]]),
        LayerCase(name: "file through a climbing link", layers: [usr, [.file("up/bin/new", "2")]]),
        LayerCase(name: "file through a chain of links", layers: [usr, [.file("chain/new", "2")]]),
        LayerCase(name: "file through a link of the same layer", layers: [usr + [.file("bin/new", "2")]]),
        LayerCase(name: "whiteout through a link", layers: [usr, [.whiteout("bin/", "old")]]),
        LayerCase(name: "opaque through a link", layers: [usr, [.opaque("bin/"), .file("bin/new", "2")]]),
        LayerCase(
            name: "dangling link on the way", layers: [[.symlink("l", to: "nowhere/x")], [.file("l/f", "2")]]),
        LayerCase(name: "duplicates", layers: [[.file("a", "1"), .file("b", "1"), .file("a", "2")]]),
        LayerCase(name: "hard links", layers: [linked]),
        LayerCase(name: "hard link, target replaced", layers: [linked, [.file("a", "2")]]),
        LayerCase(name: "hard link, target removed", layers: [linked, [.whiteout("", "a")]]),
        LayerCase(name: "hard link, middle removed", layers: [linked, [.whiteout("", "b")]]),
        LayerCase(name: "hard link to a lower layer", layers: [linked, [.hardLink("d", to: "c")]]),
        LayerCase(
            name: "hard link to what is then replaced",
            layers: [linked, [.hardLink("d", to: "a"), .file("a", "2")]]),
        LayerCase(
            name: "hard link within a layer, target replaced in it",
            layers: [[.file("a", "1"), .hardLink("b", to: "a"), .file("a", "2")]]),
        LayerCase(
            name: "hard link through a link",
            layers: [usr, [.hardLink("h", to: "bin/old"), .hardLink("bin/g", to: "h")]]),
        LayerCase(
            name: "hard link to a symbolic link", layers: [[.symlink("s", to: "x"), .hardLink("t", to: "s")]]),
        LayerCase(
            name: "absolute and dotted names",
            layers: [[.directory("./"), .file("/a", "1"), .file("./b//c", "1"), .hardLink("d", to: "/a")]]),
        LayerCase(
            name: "setuid kept", layers: [[.file("a", "1", mode: 0o6755)], [.directory("d", mode: 0o1777)]]),
        LayerCase(
            name: "hard links to links over layers",
            layers: [
                [.file("x", "X")], [.hardLink("f", to: "x"), .hardLink("h", to: "f")],
                [.hardLink("a", to: "h")],
            ]),
        LayerCase(
            name: "hard links to links, all but the last removed",
            layers: [
                [.file("x", "X")], [.hardLink("f", to: "x")], [.hardLink("h", to: "f")],
                [.whiteout("", "x"), .whiteout("", "f")],
            ]),
    ]

    /// Files that become directories. umoci before version 0.5 refuses most of these.
    static let filesBelowFiles: [LayerCase] = [
        LayerCase(name: "a file below a file", layers: [[.file("a", "1")], [.file("a/b", "2")]]),
        LayerCase(
            name: "far below a file",
            layers: [[.file("a", "1")], [.file("a/b/c", "2"), .symlink("a/l", to: "x")]]),
        LayerCase(
            name: "below a file that has another name",
            layers: [[.file("a", "1"), .hardLink("h", to: "a")], [.file("a/b", "2")]]),
        LayerCase(
            name: "below a symbolic link that leads nowhere in its layer, removed",
            layers: [[.symlink("a", to: "x")], [.whiteout("", "a"), .directory("a"), .file("a/b", "2")]]),
        LayerCase(
            name: "below a file in a directory that nothing names",
            layers: [
                [.file("w/d", "1")], [.file("w/d/x", "2")], [.directory("w/d"), .whiteout("w/d/", "x")],
            ]),
        LayerCase(
            name: "a file, a directory, a file",
            layers: [[.file("a", "1")], [.file("a/b", "2")], [.file("a", "3")]]),
        LayerCase(
            name: "a directory, a file, a directory",
            layers: [[.file("a/old", "1")], [.file("a", "2")], [.file("a/new", "3")]]),
    ]
}
