import Bytes
import TestSupport

/// Layers with a question in them, the lowest first.
struct LayerCase: Sendable, CustomStringConvertible {
    let name: String
    let layers: [[TestMember]]
    var description: String { name }

    private static let usr: [TestMember] = [
        .folder("usr"), .folder("usr/bin"), .file("usr/bin/old", "1"), .symlink("bin", to: "usr/bin"),
        .symlink("absolute", to: "/usr/bin"), .symlink("up", to: "../../usr"),
        .symlink("chain", to: "up/bin"),
    ]
    private static let folder: [TestMember] = [
        .folder("d"), .file("d/x", "1"), .folder("d/s"), .file("d/s/y", "1"), .file("e", "1"),
    ]
    private static let linked: [TestMember] = [
        .file("a", "1", mode: 0o4755), .hardLink("b", to: "a"), .hardLink("c", to: "b"),
    ]

    static let all: [LayerCase] = [
        LayerCase(name: "whiteout of a folder", layers: [folder, [.whiteout("", "d")]]),
        LayerCase(name: "whiteout of what is not there", layers: [folder, [.whiteout("d/", "gone")]]),
        LayerCase(
            name: "whiteout, then new content",
            layers: [folder, [.whiteout("", "d"), .folder("d"), .file("d/n", "2")]]),
        LayerCase(
            name: "new content, then whiteout",
            layers: [folder, [.folder("d"), .file("d/n", "2"), .whiteout("", "d")]]),
        LayerCase(name: "file and whiteout of it", layers: [folder, [.file("e", "2"), .whiteout("", "e")]]),
        LayerCase(
            name: "whiteout, readded above", layers: [folder, [.whiteout("", "e")], [.file("e", "3")]]),
        LayerCase(name: "opaque first", layers: [folder, [.folder("d"), .opaque("d/"), .file("d/n", "2")]]),
        LayerCase(name: "opaque last", layers: [folder, [.folder("d"), .file("d/n", "2"), .opaque("d/")]]),
        LayerCase(
            name: "opaque over a kept subfolder",
            layers: [folder, [.folder("d/s"), .file("d/s/z", "2"), .opaque("d/")]]),
        LayerCase(name: "opaque root", layers: [folder, [.opaque(""), .file("n", "2")]]),
        LayerCase(name: "file over folder", layers: [folder, [.file("d", "2")]]),
        LayerCase(name: "link over folder", layers: [folder, [.symlink("d", to: "e")]]),
        LayerCase(name: "folder over file", layers: [folder, [.folder("e"), .file("e/f", "2")]]),
        LayerCase(name: "folder over link", layers: [usr, [.folder("bin"), .file("bin/new", "2")]]),
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
            layers: [[.folder("./"), .file("/a", "1"), .file("./b//c", "1"), .hardLink("d", to: "/a")]]),
        LayerCase(
            name: "setuid kept", layers: [[.file("a", "1", mode: 0o6755)], [.folder("d", mode: 0o1777)]]),
    ]
}
