import Bytes
import Foundation
import Host
import TestSupport

/// What the kernel's overlayfs makes of layers, each unpacked to a directory of its own by GNU tar.
///
/// A layer has to be the picture of a tree: every path once, nothing below what is not a directory, no path through
/// a symbolic link. Marks are only in directories that the layer names.
enum OverlayMerge {
    /// True if this process can mount: as root, and not in a container that forbids it.
    static let isPossible: Bool = {
        guard HostEnvironment.isRoot, Tool.available("unshare", "mount", "setfattr", "tar") else {
            return false
        }
        guard let lines = try? lines([[.file("a", "1")], [.whiteout("", "a"), .file("b", "2")]]) else {
            return false
        }
        return lines.keys.sorted() == ["b"]
    }()

    static func lines(_ layers: [[TestMember]]) throws -> [String: String] {
        let directory = try TemporaryDirectory()
        var script = "set -e\nmkdir work merged\nmount -t tmpfs none work\nmkdir work/m work/none\n"
        var lower = ["none"]
        for (number, layer) in layers.enumerated() {
            let isMark = { (member: TestMember) in member.name.text.contains(".wh.") }
            try directory.write("\(number).tar", TestTar.archive(layer.filter { !isMark($0) }))
            lower.insert("l\(number)", at: 0)
            script += "mkdir work/l\(number)\n"
            script += "tar -xpf \(number).tar --numeric-owner -C work/l\(number)\n"
            script += layer.filter(isMark).map { mark($0.name.text, in: "work/l\(number)") }.joined()
        }
        script += "cd work\nmount -t overlay none -o lowerdir=\(lower.joined(separator: ":")) m\n"
        // overlayfs lists whiteouts that hide nothing, but they cannot be found.
        script += "LC_ALL=C cp -a m/. ../merged/ 2>../errors || ! grep -v 'cannot stat' ../errors >&2\n"
        _ = try Command("unshare", ["-m", "sh", "-c", script], workingDirectory: directory.path)
            .runSuccessfully()
        return try TreeListing(directory: "\(directory.path)/merged").lines
    }

    /// The mark as overlayfs has it: a device 0:0 in the place of what is gone, an attribute of a directory that
    /// hides what lies below it.
    private static func mark(_ name: String, in layer: String) -> String {
        let opaque = "setfattr -n trusted.overlay.opaque -v y"
        let directory = (name as NSString).deletingLastPathComponent
        let base = (name as NSString).lastPathComponent
        if base == ".wh..wh..opq" { return "\(opaque) \(layer)/\(directory)\n" }
        let victim = "\(layer)/\(directory)/\(base.dropFirst(4))"
        return """
            if [ -L \(victim) ]; then :
            elif [ -d \(victim) ]; then \(opaque) \(victim)
            elif [ ! -e \(victim) ]; then mknod \(victim) c 0 0
            fi

            """
    }
}
