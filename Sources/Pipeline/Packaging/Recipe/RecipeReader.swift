internal import KitConfig

/// Reads `build.yml`.
struct RecipeReader {
    private let yaml: RecipeFields
    private let directoryName: String

    static let keys = [
        "image", "org", "tag", "arches", "extra-sources", "config", "contents", "dockerfile", "gitrepo",
        "network", "disable-cache", "buildArgs", "depends",
    ]

    /// The recipe in `text`, or every problem that it has.
    static func read(_ source: KitSource, directoryName: String) throws(PackagingError) -> PackageRecipe {
        var document = YAMLReader(source)
        let root = document.read()
        let yaml = RecipeFields(found: document.problems + document.notices)
        let start = SourceLocation(source: source.name, line: 1, column: 1)
        let recipe = RecipeReader(yaml: yaml, directoryName: directoryName).recipe(root, start: start)
        let problems = yaml.problems.sorted {
            ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column)
        }
        guard problems.isEmpty else { throw .invalidRecipe(problems) }
        return recipe
    }

    private func recipe(_ root: ConfigNode?, start: SourceLocation) -> PackageRecipe {
        let values = root.map { yaml.mapping($0, of: "build.yml", known: Self.keys) } ?? [:]
        checkFieldsOfContainerBuilds(values)
        var recipe = PackageRecipe(
            image: name(values["image"], of: "image") ?? directoryName.lowercased(),
            organisation: name(values["org"], of: "org") ?? "linuxkit",
            tag: yaml.string(values["tag"], of: "tag") ?? TagTemplate.standard,
            architectures: values["arches"].map { architectures($0, of: "arches") }
                ?? PackageRecipe.defaultArchitectures,
            position: start)
        if let node = values["tag"], TagTemplate.expand(recipe.tag, hash: "0") == nil {
            yaml.report(node, "`tag` is a template that knows `{{.Hash}}` and nothing else")
        }
        recipe.extraSources = yaml.list(values["extra-sources"], of: "extra-sources").compactMap(extraSource)
        recipe.dockerfile = yaml.string(values["dockerfile"], of: "dockerfile") ?? recipe.dockerfile
        if let node = values["config"] {
            recipe.configLabel = configLabel(node)
        }
        if let node = values["contents"] {
            recipe.position = node.location
            recipe.contents = ContentsReader(yaml: yaml).contents(node)
        }
        return recipe
    }

    /// The text of the label `org.mobyproject.config`: defaults for users of the image.
    private func configLabel(_ node: ConfigNode) -> String? {
        do throws(KitProblems) {
            return String(decoding: try ContainerConfig(label: node).label, as: UTF8.self)
        } catch {
            for problem in error.problems { yaml.report(problem, below: "config") }
            return nil
        }
    }

    /// LinuxKit's fields that only a container build uses: of the right type, and no more.
    private func checkFieldsOfContainerBuilds(_ values: [String: ConfigNode]) {
        _ = yaml.string(values["gitrepo"], of: "gitrepo")
        _ = yaml.bool(values["network"], of: "network")
        _ = yaml.bool(values["disable-cache"], of: "disable-cache")
        _ = yaml.strings(values["buildArgs"], of: "buildArgs")
        guard let node = values["depends"] else { return }
        let depends = yaml.mapping(node, of: "depends", known: ["docker-images"])
        guard let images = depends["docker-images"] else { return }
        let known = ["target-dir", "target", "from-file", "list"]
        let fields = yaml.mapping(images, of: "docker-images", known: known)
        for key in known.dropLast() { _ = yaml.string(fields[key], of: key) }
        _ = yaml.strings(fields["list"], of: "list")
    }

    /// Components of an image's name, as the OCI distribution specification allows them.
    private func name(_ node: ConfigNode?, of what: String) -> String? {
        guard let node, let text = yaml.string(node, of: what) else { return nil }
        let allowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "._-/:".utf8.contains(byte)
        }
        guard allowed, !text.isEmpty, !text.hasPrefix("/"), !text.hasSuffix("/") else {
            yaml.report(
                node, "`\(what)` must be small letters, digits, `.`, `_`, `-` and `/`, not `\(text)`")
            return nil
        }
        return text
    }

    private func architectures(_ node: ConfigNode, of what: String) -> [String] {
        ContentsReader(yaml: yaml).architectures(node, of: what)
    }

    private func extraSource(_ node: ConfigNode) -> PackageRecipe.ExtraSource? {
        guard let text = yaml.string(node, of: "extra-sources") else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            yaml.report(node, "`extra-sources` lists `path:destination`, not `\(text)`")
            return nil
        }
        return PackageRecipe.ExtraSource(path: parts[0], destination: parts[1])
    }
}
