internal import KitConfig

/// Reads `users:` and `groups:`.
struct AccountReader {
    let yaml: RecipeFields

    func accounts(users: ConfigNode?, groups: ConfigNode?) -> PackageContents.Accounts {
        PackageContents.Accounts(
            users: yaml.list(users, of: "users").compactMap(user),
            groups: yaml.list(groups, of: "groups").compactMap(group))
    }

    private func user(_ node: ConfigNode) -> PackageContents.User? {
        let known = ["name", "uid", "gid", "comment", "home", "shell"]
        let values = yaml.mapping(node, of: "users", known: known)
        guard let name = name(values["name"], in: node), let uid = number(values["uid"], "uid", in: node)
        else {
            return nil
        }
        return PackageContents.User(
            name: name, uid: uid, gid: yaml.id(values["gid"], of: "gid") ?? uid,
            comment: field(values["comment"], "comment") ?? "",
            home: field(values["home"], "home") ?? "/nonexistent",
            shell: field(values["shell"], "shell") ?? "/usr/sbin/nologin")
    }

    private func group(_ node: ConfigNode) -> PackageContents.Group? {
        let values = yaml.mapping(node, of: "groups", known: ["name", "gid", "members"])
        guard let name = name(values["name"], in: node), let gid = number(values["gid"], "gid", in: node)
        else {
            return nil
        }
        let members = yaml.list(values["members"], of: "members").compactMap { self.name($0, in: node) }
        return PackageContents.Group(name: name, gid: gid, members: members)
    }

    private func number(_ value: ConfigNode?, _ key: String, in node: ConfigNode) -> UInt32? {
        guard let value else {
            yaml.report(node, "`\(key)` is missing")
            return nil
        }
        return yaml.id(value, of: key)
    }

    private func name(_ value: ConfigNode?, in node: ConfigNode) -> String? {
        guard let value, let text = yaml.string(value, of: "name") else {
            if value == nil { yaml.report(node, "`name` is missing") }
            return nil
        }
        let allowed = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !":,/".utf8.contains($0) }
        guard allowed, !text.isEmpty, text.utf8.first != UInt8(ascii: "-") else {
            yaml.report(value, "`\(text)` is not the name of a user or group")
            return nil
        }
        return text
    }

    /// A field of a line in `etc/passwd`, which colons and line ends would break.
    private func field(_ node: ConfigNode?, _ key: String) -> String? {
        guard let node, let text = yaml.string(node, of: key) else { return nil }
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 < 0x20 }) else {
            yaml.report(node, "`\(key)` may hold no `:` and no line end")
            return nil
        }
        return text
    }
}
