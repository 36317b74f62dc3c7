/// Options of LinuxKit's commands that have nothing to do here, or that another command does the work of.
struct LinuxKitFlag {
    enum Fate {
        /// Read, and left out with a note: what it governs does not exist.
        case unneeded(String)
        /// Refused; says what to use.
        case unsupported(String)
    }

    let name: String
    let takesValue: Bool
    let fate: Fate

    /// The option `name` (`--builders`) of the command `path` (`pkg build`); nil if LinuxKit has none either.
    static func named(_ name: String, of path: String) -> LinuxKitFlag? {
        groups.first { path == $0.path || path.hasPrefix($0.path + " ") }?.flags.first { $0.name == name }
    }

    private static func flag(_ name: String, _ fate: Fate) -> LinuxKitFlag {
        LinuxKitFlag(name: name, takesValue: false, fate: fate)
    }

    private static func option(_ name: String, _ fate: Fate) -> LinuxKitFlag {
        LinuxKitFlag(name: name, takesValue: true, fate: fate)
    }

    private static let groups: [(path: String, flags: [LinuxKitFlag])] = [
        ("pkg", packageFlags), ("build", buildFlags), ("cache", trustFlags), ("run", trustFlags),
    ]

    private static let trustFlags = [
        flag("--disable-content-trust", .unneeded(noTrust)),
        flag("--enable-content-trust", .unsupported(trust)),
    ]

    private static let buildFlags =
        trustFlags + [
            flag("--disable-trust", .unneeded(noTrust)),
            flag("--hyperkit", .unneeded("no output is built in a virtual machine")),
        ]

    private static let packageFlags =
        trustFlags + [
            flag("--disable-cache", .unneeded("use --force to build although nothing has changed")),
            flag("--enable-cache", .unneeded("packages are built again only if something has changed")),
            flag("--network", .unneeded(noBuilder)), flag("--nonetwork", .unneeded(noBuilder)),
            option("--builders", .unneeded(noBuilder)), option("--builder-image", .unneeded(noBuilder)),
            option("--builder-name", .unneeded(noBuilder)), option("--builder-config", .unneeded(noBuilder)),
            flag("--builder-restart", .unneeded(noBuilder)), option("--progress", .unneeded(noBuilder)),
            flag("--ignore-cached", .unneeded(noBuilder)), flag("--precache-images", .unneeded(noBuilder)),
            option("--sbom-scanner", .unneeded("what Debian packages hold is recorded without a scanner")),
            option("--dockerfile", .unsupported(dockerfile)),
            option("--build-arg-file", .unsupported(dockerfile)),
            option("--ssh", .unsupported(dockerfile)),
            option(
                "--registry-creds",
                .unsupported(
                    "log in with docker login or podman login, or write the login into ~/.docker/config.json")
            ),
            flag(
                "--docker",
                .unsupported("use pkg build, then cache export --format docker and docker load")),
            flag("--pull", .unsupported("use cache pull with the name that pkg show-tag prints")),
            flag("--push", .unsupported(push)), flag("--nobuild", .unsupported(push)),
            flag("--manifest", .unsupported(push)), flag("--image", .unsupported(push)),
            flag("--sign", .unsupported(push)),
            option("--release", .unsupported("use cache push --remote-name with the name of the release")),
            flag("--dry-run", .unsupported("use pkg show-tag to see what would be built")),
        ]

    private static let noBuilder = "packages are built without a builder, Docker or a network of their own"
    private static let noTrust = "Docker Content Trust is not used; --verify-images checks signatures"
    private static let trust = "use --verify-images or --image-policy"
    private static let dockerfile =
        "no Dockerfile is run; say in contents of build.yml what the image holds (Docs/packages.md)"
    private static let push = "use pkg build, then cache push with the name that pkg show-tag prints"
}
