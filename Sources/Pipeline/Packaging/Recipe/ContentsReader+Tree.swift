internal import Bytes
internal import KitConfig

extension ContentsReader {
    func globs(_ node: ConfigNode?, of what: String) -> [Glob] {
        yaml.list(node, of: what).compactMap { glob($0, of: what) }
    }

    private func glob(_ node: ConfigNode, of what: String) -> Glob? {
        guard let text = yaml.string(node, of: what) else { return nil }
        if let glob = Glob(text) { return glob }
        yaml.report(node, "`\(text)` is not a path below the image's root")
        return nil
    }

    /// A path below the root of the image; the root itself only where `root` says so.
    private func path(_ node: ConfigNode?, _ key: String, in parent: ConfigNode, root: Bool = false)
        -> ByteString?
    {
        guard let node = required(node, key, in: parent), let text = yaml.string(node, of: key) else {
            return nil
        }
        guard let path = ImagePath.normalize(text.utf8), root || !path.isEmpty else {
            yaml.report(node, "`\(text)` is not a path below the image's root")
            return nil
        }
        return path
    }

    private func text(_ node: ConfigNode?, _ key: String, in parent: ConfigNode) -> ByteString? {
        required(node, key, in: parent).flatMap { yaml.string($0, of: key) }.map { ByteString($0) }
    }

    private func owner(_ values: [String: ConfigNode]) -> PackageContents.Owner {
        PackageContents.Owner(
            uid: yaml.id(values["uid"], of: "uid") ?? 0, gid: yaml.id(values["gid"], of: "gid") ?? 0)
    }

    func directory(_ node: ConfigNode) -> PackageContents.Directory? {
        let values = yaml.mapping(node, of: "directories", known: ["path", "mode", "uid", "gid"])
        guard let path = path(values["path"], "path", in: node) else { return nil }
        return PackageContents.Directory(
            path: path, mode: yaml.mode(values["mode"], of: "mode") ?? 0o755, owner: owner(values))
    }

    func file(_ node: ConfigNode) -> PackageContents.File? {
        let known = ["path", "contents", "source", "mode", "uid", "gid"]
        let values = yaml.mapping(node, of: "files", known: known)
        let isCopy = values["source"] != nil
        guard let path = path(values["path"], "path", in: node, root: isCopy) else { return nil }
        let origin: PackageContents.File.Origin
        switch (values["contents"], values["source"]) {
        case (let contents?, nil):
            guard let text = yaml.string(contents, of: "contents") else { return nil }
            origin = .text(text)
        case (nil, let source?):
            guard let text = yaml.string(source, of: "source") else { return nil }
            guard !text.hasPrefix("/"), ImagePath.normalize(text.utf8) != nil else {
                yaml.report(source, "`source` must be below the package directory, and `\(text)` is not")
                return nil
            }
            origin = .source(text)
        default:
            yaml.report(node, "a file needs either `contents` or `source`")
            return nil
        }
        return PackageContents.File(
            path: path, origin: origin, mode: yaml.mode(values["mode"], of: "mode"), owner: owner(values),
            position: node.location)
    }

    func symlink(_ node: ConfigNode) -> PackageContents.Symlink? {
        let values = yaml.mapping(node, of: "symlinks", known: ["path", "target", "uid", "gid"])
        guard let path = path(values["path"], "path", in: node),
            let target = text(values["target"], "target", in: node)
        else { return nil }
        return PackageContents.Symlink(path: path, target: target, owner: owner(values))
    }

    func alternative(_ node: ConfigNode) -> PackageContents.Alternative? {
        let values = yaml.mapping(node, of: "alternatives", known: ["name", "link", "path"])
        guard let name = path(values["name"], "name", in: node),
            let link = path(values["link"], "link", in: node),
            let target = path(values["path"], "path", in: node)
        else { return nil }
        return PackageContents.Alternative(name: name, link: link, target: "/" + target)
    }

    func move(_ node: ConfigNode) -> PackageContents.Move? {
        let values = yaml.mapping(node, of: "moves", known: ["from", "to"])
        guard let from = required(values["from"], "from", in: node).flatMap({ glob($0, of: "from") }),
            let to = path(values["to"], "to", in: node)
        else { return nil }
        return PackageContents.Move(from: from, to: to, position: node.location)
    }

    func archive(_ node: ConfigNode) -> PackageContents.Archive? {
        let values = yaml.mapping(node, of: "archives", known: ["path", "from"])
        guard let path = path(values["path"], "path", in: node),
            let from = required(values["from"], "from", in: node)
        else { return nil }
        return PackageContents.Archive(
            path: path, from: globs(from, of: "from"), position: node.location)
    }
}
