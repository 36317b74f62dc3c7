internal import Bytes
internal import Host

/// apt with a state of its own, as if nothing were installed: needs no root and touches nothing of the host's,
/// but for reading its sources, keys and proxies.
final class AptEnvironment {
    /// Holds lists, status and configuration.
    let directory: String
    let suite: String
    let architecture: String
    /// Added to the environment that apt runs in.
    let variables: [String: String]
    /// One process at a time uses the directory.
    private let lock: FileLock

    /// Sets up `directory` for one suite and architecture; lists that are there stay.
    init(
        directory: String, suite: String, architecture: String, variables: [String: String] = [:]
    ) throws {
        self.directory = directory
        self.suite = suite
        self.architecture = architecture
        self.variables = variables
        try Directory.create(directory)
        lock = try FileLock(path: "\(directory)/.lock")
        for name in ["state/lists/partial", "cache/archives/partial", "sources"] {
            try Directory.create("\(directory)/\(name)")
        }
        // A process that was killed may have left it; only the holder of the lock uses it.
        try Directory.remove(downloads)
        let settings = AptSettings(directory: directory, architecture: architecture)
        try Self.write(settings.text(ownSources: false), to: settings.path)
        try setInstalled([])
        try keepSources(in: settings.sources)
        try Self.write(settings.text(ownSources: true), to: settings.path)
    }

    /// Where packages are fetched to, to be removed when they have been moved to their places.
    var downloads: String { "\(directory)/downloads" }

    private static func write(_ text: String, to path: String) throws {
        var file = try AtomicFile(path: path)
        try file.write(Array(text.utf8))
        try file.commit()
    }

    /// What apt must believe to be installed already.
    func setInstalled(_ packages: [InstalledPackage]) throws {
        let settings = AptSettings(directory: directory, architecture: architecture)
        try Self.write(packages.map(\.paragraph).joined(separator: "\n"), to: settings.status)
    }

    /// Fetches the lists of the suite.
    func update() throws {
        try run(
            "apt-get", ["-qq", "-o", "APT::Update::Error-Mode=any", "update"],
            doing: "fetching the package lists of \(suite)")
    }

    /// Runs apt with this environment and returns what it printed; `doing` is for the message when it fails.
    ///
    /// It runs in a directory of its own: apt says nothing of a .deb that lies in the working directory already.
    @discardableResult
    func run(_ program: String, _ arguments: [String], doing: String) throws -> String {
        let result = try attempt(program, arguments, in: "\(directory)/sources")
        guard result.status == 0 else {
            throw PackagingError.tool(doing: doing, message: Self.errors(result.errorText))
        }
        return result.outputText
    }

    /// Runs apt with this environment, whatever the exit code.
    func attempt(
        _ program: String, _ arguments: [String], in workingDirectory: String? = nil
    ) throws -> Command.Result {
        guard Command.find(program) != nil else {
            throw PackagingError.tool(
                doing: "looking for \(program)",
                message: "it is not installed, and Debian packages are resolved and fetched by apt")
        }
        // apt says in English what is parsed here, and asks nobody.
        let environment = HostEnvironment.inherited(
            adding: variables.merging(["LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"]) { $1 })
        let settings = AptSettings(directory: directory, architecture: architecture)
        return try Command(
            program, ["-c", settings.path] + arguments, environment: environment,
            workingDirectory: workingDirectory
        ).run()
    }

    /// The lines that say what went wrong.
    static func errors(_ text: String) -> String {
        let errors = text.split(separator: "\n").filter { $0.hasPrefix("E: ") }.map { $0.dropFirst(3) }
        return errors.isEmpty ? text : errors.joined(separator: "; ")
    }

    /// Copies those of the host's sources that are for the suite, its updates and its security fixes.
    private func keepSources(in sources: String) throws {
        let format = "$(IDENTIFIER) $(RELEASE) $(SOURCESENTRY)"
        let listing = try run(
            "apt-get", ["indextargets", "--no-release-info", "--format", format],
            doing: "reading the package sources of this machine")
        let kept = AptSources(indexTargets: listing, suite: suite)
        guard !kept.isEmpty else { throw PackagingError.unknownSuite(suite, known: kept.knownSuites) }
        try Self.write(try kept.oneLineSources(), to: "\(sources)/suite.list")
        try Self.write(try kept.deb822Sources(), to: "\(sources)/suite.sources")
    }
}

/// apt's configuration for a state of its own (apt.conf(5)).
private struct AptSettings {
    let directory: String
    let architecture: String

    var path: String { "\(directory)/apt.conf" }
    var status: String { "\(directory)/status" }
    var sources: String { "\(directory)/sources" }

    /// `ownSources`: the sources in the directory instead of the host's.
    func text(ownSources: Bool) -> String {
        var lines = [
            "Dir::State \"\(directory)/state\";", "Dir::State::status \"\(status)\";",
            "Dir::Cache \"\(directory)/cache\";", "Dir::Cache::pkgcache \"pkgcache.bin\";",
            "Dir::Cache::srcpkgcache \"srcpkgcache.bin\";", "APT::Architecture \"\(architecture)\";",
            "#clear APT::Architectures;", "APT::Architectures { \"\(architecture)\"; };",
            "APT::Install-Recommends \"false\";", "APT::Install-Suggests \"false\";",
            "APT::Sandbox::User \"\";",
            "#clear Acquire::Languages;", "Acquire::Languages { \"none\"; };",
            // Pins of the host's are about the host.
            "Dir::Etc::preferences \"/dev/null\";", "Dir::Etc::preferencesparts \"/dev/null\";",
            "#clear APT::Default-Release;",
        ]
        // And so are its hooks.
        for hook in [
            "APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success",
            "DPkg::Pre-Invoke", "DPkg::Post-Invoke", "DPkg::Pre-Install-Pkgs",
        ] { lines.append("#clear \(hook);") }
        if ownSources {
            lines += ["Dir::Etc::sourcelist \"/dev/null\";", "Dir::Etc::sourceparts \"\(sources)\";"]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Packages that apt is to regard as installed, so that it brings neither the package nor what it depends on.
struct InstalledPackage {
    var name: String
    var version: String
    var architecture: String
    var provides: String?

    /// As `/var/lib/dpkg/status` has it.
    var paragraph: String {
        var lines = [
            "Package: \(name)", "Status: install ok installed", "Version: \(version)",
            "Architecture: \(architecture)", "Multi-Arch: foreign", "Maintainer: none", "Description: none",
        ]
        if let provides { lines.append("Provides: \(provides)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
