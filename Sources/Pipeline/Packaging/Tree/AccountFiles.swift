internal import Bytes
internal import FileTree

/// `etc/passwd`, `etc/group` and `etc/shadow` with the recipe's users and groups at their end
/// (passwd(5), group(5), shadow(5)).
struct AccountFiles {
    private var passwd: [String]
    private var group: [String]
    private var shadow: [String]
    private let tree: PackageTree

    init(_ accounts: PackageContents.Accounts, tree: PackageTree, blobs: PackageBlobs) throws {
        self.tree = tree
        let lines: (ByteString, ByteString, String) throws -> [String] = { made, master, otherwise in
            for path in [made, master] {
                guard let item = tree[path], item.kind == .regular else { continue }
                var source = try blobs.source(item.contents)
                let text = try source.readAll(limit: 1 << 20, of: path.text)
                return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
            }
            return [otherwise]
        }
        // base-passwd's maintainer script copies its masters when the system is first set up.
        passwd = try lines(
            "etc/passwd", "usr/share/base-passwd/passwd.master", "root:x:0:0:root:/root:/bin/sh")
        group = try lines("etc/group", "usr/share/base-passwd/group.master", "root:x:0:")
        // The masters have `*` where shadow(5) has the password; the last change is day 1, not today.
        passwd = passwd.map { Self.shadowed($0) }
        shadow = passwd.map { "\($0.prefix { $0 != ":" }):*:1:0:99999:7:::" }
        for user in accounts.users { add(user) }
        for entry in accounts.groups { add(entry) }
    }

    var items: [(path: ByteString, item: PackageTree.Item)] {
        [("etc/passwd", passwd, 0o644), ("etc/group", group, 0o644), ("etc/shadow", shadow, 0o640)].map {
            (path: ByteString, lines: [String], mode: UInt16) in
            // 42 is the group `shadow`, in every Debian.
            let gid: UInt32 = path == "etc/shadow" && hasGroup(42) ? 42 : 0
            let text = lines.map { $0 + "\n" }.joined()
            let item = PackageTree.Item(
                kind: .regular, metadata: tree.metadata(mode, gid: gid), contents: .bytes(ByteString(text)))
            return (path, item)
        }
    }

    private static func shadowed(_ line: String) -> String {
        var fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if fields.count > 1 { fields[1] = "x" }
        return fields.joined(separator: ":")
    }

    private func hasGroup(_ gid: UInt32) -> Bool {
        group.contains {
            $0.split(separator: ":", omittingEmptySubsequences: false).dropFirst(2).first == "\(gid)"
        }
    }

    private static func named(_ name: String) -> (String) -> Bool { { $0.hasPrefix("\(name):") } }

    /// A user of the recipe replaces one of the same name.
    private mutating func add(_ user: PackageContents.User) {
        passwd.removeAll(where: Self.named(user.name))
        shadow.removeAll(where: Self.named(user.name))
        passwd.append("\(user.name):x:\(user.uid):\(user.gid):\(user.comment):\(user.home):\(user.shell)")
        shadow.append("\(user.name):!:1:0:99999:7:::")
        if !hasGroup(user.gid) {
            add(PackageContents.Group(name: user.name, gid: user.gid, members: []))
        }
    }

    private mutating func add(_ entry: PackageContents.Group) {
        group.removeAll(where: Self.named(entry.name))
        group.append("\(entry.name):x:\(entry.gid):\(entry.members.joined(separator: ","))")
    }
}
