internal import Bytes
internal import KitConfig

/// Reads the `contents:` section.
struct ContentsReader {
    let yaml: RecipeFields

    static let keys = [
        "suite", "packages", "depends", "exclude", "usrmerge", "keep", "remove", "directories", "files",
        "symlinks", "users", "groups", "alternatives", "ca-certificates", "moves", "depmod", "archives",
        "entrypoint", "cmd", "env", "workdir", "user",
    ]

    func contents(_ node: ConfigNode) -> PackageContents {
        let values = yaml.mapping(node, of: "contents", known: Self.keys)
        var contents = PackageContents()
        debian(values, into: &contents)
        if contents.suite == nil, let packages = values["packages"], !contents.packages.isEmpty {
            yaml.report(packages, "`packages` needs a `suite` beside it, such as `suite: bookworm`")
        }
        contents.keep = globs(values["keep"], of: "keep")
        contents.remove = globs(values["remove"], of: "remove")
        contents.directories = yaml.list(values["directories"], of: "directories").compactMap(directory)
        contents.files = yaml.list(values["files"], of: "files").compactMap(file)
        contents.symlinks = yaml.list(values["symlinks"], of: "symlinks").compactMap(symlink)
        contents.alternatives = yaml.list(values["alternatives"], of: "alternatives").compactMap(alternative)
        contents.bundlesCertificates = yaml.bool(values["ca-certificates"], of: "ca-certificates") ?? false
        contents.moves = yaml.list(values["moves"], of: "moves").compactMap(move)
        contents.generatesModuleIndex = yaml.bool(values["depmod"], of: "depmod") ?? false
        contents.archives = yaml.list(values["archives"], of: "archives").compactMap(archive)
        if values["users"] != nil || values["groups"] != nil {
            let accounts = AccountReader(yaml: yaml)
            contents.accounts = accounts.accounts(users: values["users"], groups: values["groups"])
        }
        contents.process = process(values)
        return contents
    }

    private func debian(_ values: [String: ConfigNode], into contents: inout PackageContents) {
        if let node = values["suite"], let suite = yaml.string(node, of: "suite") {
            if DebianName.isSuite(suite) {
                contents.suite = suite
            } else {
                yaml.report(node, "`\(suite)` is not the name of a Debian suite")
            }
        }
        contents.packages = yaml.list(values["packages"], of: "packages").compactMap(package)
        contents.resolvesDependencies = yaml.bool(values["depends"], of: "depends") ?? true
        contents.excluded = yaml.list(values["exclude"], of: "exclude").compactMap { packageName($0) }
        contents.mergesUsr = yaml.bool(values["usrmerge"], of: "usrmerge") ?? true
    }

    private func process(_ values: [String: ConfigNode]) -> PackageContents.Process {
        var process = PackageContents.Process()
        process.entrypoint = yaml.strings(values["entrypoint"], of: "entrypoint")
        process.command = yaml.strings(values["cmd"], of: "cmd")
        process.environment = yaml.list(values["env"], of: "env").compactMap { node in
            guard let text = yaml.string(node, of: "env") else { return nil }
            guard text.contains("="), !text.hasPrefix("=") else {
                yaml.report(node, "`env` lists `NAME=value`, not `\(text)`")
                return nil
            }
            return text
        }
        process.workingDirectory = yaml.string(values["workdir"], of: "workdir") ?? "/"
        process.user = yaml.string(values["user"], of: "user") ?? ""
        return process
    }

    func architectures(_ node: ConfigNode?, of what: String) -> [String] {
        yaml.list(node, of: what).compactMap { node in
            guard let name = yaml.string(node, of: what) else { return nil }
            guard PackageRecipe.knownArchitectures.contains(name) else {
                let known = PackageRecipe.knownArchitectures
                let hint = NearestKey.find(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
                yaml.report(
                    node, "`\(name)` is not an architecture (\(known.joined(separator: ", ")))\(hint)")
                return nil
            }
            return name
        }
    }

    private func package(_ node: ConfigNode) -> PackageContents.Package? {
        let position = node.location
        if case .mapping = node.content {
            let values = yaml.mapping(node, of: "packages", known: ["name", "version", "arches"])
            guard let name = required(values["name"], "name", in: node).flatMap(packageName) else {
                return nil
            }
            let version = yaml.string(values["version"], of: "version")
            if let node = values["version"], let version, !DebianName.isVersion(version) {
                yaml.report(node, "`\(version)` is not a Debian version")
            }
            return PackageContents.Package(
                name: name, version: version, architectures: architectures(values["arches"], of: "arches"),
                position: position)
        }
        return packageName(node).map { PackageContents.Package(name: $0, position: position) }
    }

    private func packageName(_ node: ConfigNode) -> String? {
        guard let name = yaml.string(node, of: "packages") else { return nil }
        guard DebianName.isPackage(name) else {
            yaml.report(node, "`\(name)` is not the name of a Debian package")
            return nil
        }
        return name
    }

    func required(_ value: ConfigNode?, _ key: String, in node: ConfigNode) -> ConfigNode? {
        if value == nil { yaml.report(node, "`\(key)` is missing") }
        return value
    }
}
