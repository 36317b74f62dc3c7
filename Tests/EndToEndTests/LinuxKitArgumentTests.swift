import Host
import NetworkSupport
import TestSupport
import Testing

/// Command lines as LinuxKit takes them.
@Suite struct LinuxKitArgumentTests {
    private let cache: CacheDirectory

    init() throws { cache = try CacheDirectory.sample() }

    private func run(_ arguments: [String], status: Int32 = 0) throws -> Command.Result {
        let result = try Executable.run(arguments, in: cache.directory.path)
        #expect(result.status == status, "\(arguments): \(result.errorText)")
        return result
    }

    @Test("Global options stand before every command, and with one that has no use for them")
    func globals() throws {
        let globals = ["--mirror", "http://127.0.0.1:9", "--cert-file=absent.pem", "--cache", cache.path]
        for command in [["cache", "ls"], ["cache", "du"], ["version"]] {
            _ = try run(globals + command)
            _ = try run(command + globals)
        }
        #expect(try run(globals + ["-q", "cache", "ls"]).outputText.contains("sample/one"))
        #expect(try run(["cache"] + globals + ["ls"]).outputText.contains("sample/one"))
        // What a command takes is read.
        let bad = try run(["--mirror", "nonsense", "cache", "pull", "--cache", "new", "a:1"], status: 64)
        #expect(bad.errorText.hasPrefix("identikit: --mirror: \"nonsense\""), "\(bad.errorText)")
        #expect(try !cache.directory.list().contains("new"), "nothing is made of a wrong command")
        _ = try run(["--bogus", "version"], status: 64)
    }

    @Test("What stands after -- is a name, whatever it looks like")
    func names() throws {
        let result = try run(
            ["-q", "build", "--cache", cache.path, "--offline", "--", "-absent.yml"], status: 66)
        #expect(result.errorText.contains("-absent.yml"), "\(result.errorText)")
    }

    @Test("Flags with values, levels of verbosity")
    func flags() throws {
        for level in ["-v=2", "--verbose=2", "-v=0", "--verbose=1"] {
            _ = try run([level, "cache", "ls", "--cache", cache.path])
        }
        _ = try run(["cache", "ls", "--json=true", "--cache", cache.path])
        _ = try run(["cache", "clean", "--unused=true", "--published-only=false", "--cache", cache.path])
        #expect(try run(["cache", "ls", "--cache", cache.path]).outputText.contains("sample/one"))
        _ = try run(["cache", "ls", "--bogus=true"], status: 64)
        let pushed = try run(["push", "-v", "oci", "127.0.0.1:9/a:1", "absent"], status: 66)
        #expect(pushed.errorText.contains("absent"), "\(pushed.errorText)")
    }

    private func makePackage() throws {
        try cache.directory.write("p/build.yml", "image: p\ncontents:\n  files: [{path: f, contents: x}]\n")
    }

    @Test("The organisation comes from the option, the environment or the recipe, in this order")
    func organisation() throws {
        try makePackage()
        func tag(_ arguments: [String], _ name: String? = nil) throws -> String {
            let environment = name.map { ["LINUXKIT_PKG_ORG": $0] } ?? [:]
            let result = try Executable.run(arguments, in: cache.directory.path, environment: environment)
            #expect(result.status == 0, "\(result.errorText)")
            return String(result.outputText.prefix { $0 != "/" })
        }
        #expect(try tag(["pkg", "show-tag", "p"]) == "linuxkit")
        #expect(try tag(["pkg", "show-tag", "p"], "") == "linuxkit")
        #expect(try tag(["pkg", "show-tag", "p"], "acme") == "acme")
        #expect(try tag(["pkg", "show-tag", "--org", "own", "p"], "acme") == "own")
        for options in [["--org", "own"], ["--org=own"], ["--hash-commit", "HEAD", "--org", "own", "-q"]] {
            #expect(try tag(["pkg"] + options + ["show-tag", "p"], "acme") == "own", "\(options)")
        }
        #expect(try tag(["--cache", "x", "pkg", "--cache", "y", "--org", "own", "show-tag", "p"]) == "own")
        let dev = try Executable.run(
            ["pkg", "--dev", "show-tag", "p"], in: cache.directory.path, environment: ["USER": "me"])
        #expect(dev.outputText == "me/p:dev\n")
        // Where the kit names the package, it means the same image.
        try cache.directory.write("kit.yml", "init: [\"@pkg:./p\"]\n")
        let kit = try Executable.run(
            ["build", "--dry-run", "kit.yml"], in: cache.directory.path,
            environment: ["LINUXKIT_PKG_ORG": "acme"])
        #expect(kit.outputText.contains("- acme/p:"), "\(kit.outputText)\(kit.errorText)")
    }

    @Test("Options that only LinuxKit has are left out with a note where nothing is lost")
    func unneeded() throws {
        try makePackage()
        for options in [
            ["--builder-image", "moby/buildkit:v0.26.3"], ["--builders=linux/arm64=remote"], ["--network"],
            ["--disable-content-trust"], ["--nonetwork=true"], ["--progress", "plain"],
        ] {
            let name = options[0].prefix { $0 != "=" }
            for arguments in [["pkg", "build"] + options + ["p"], ["pkg"] + options + ["build", "p"]] {
                let result = try run(arguments + ["--cache", "own"])
                #expect(
                    result.errorText.hasPrefix("ignored \(name) of LinuxKit's pkg build"),
                    "\(result.errorText)")
                #expect(result.outputText.contains("linuxkit/p:"))
            }
            #expect(try run(["-q", "pkg", "build"] + options + ["p", "--cache", "own"]).errorText == "")
        }
    }

    @Test("Options that something is lost without are refused, with what to use")
    func unsupported() throws {
        try makePackage()
        for (options, words) in [
            (["--docker"], "cache export --format docker"), (["--push"], "cache push"),
            (["--dockerfile", "D"], "Docs/packages.md"), (["--registry-creds", "r=u:p"], "docker login"),
            (["--pull"], "cache pull"), (["--release=v1"], "--remote-name"),
        ] {
            let result = try run(["pkg", "build"] + options + ["p", "--cache", "own"], status: 64)
            #expect(
                result.errorText.contains("of LinuxKit's pkg build is not supported"), "\(result.errorText)")
            #expect(result.errorText.contains(words), "\(result.errorText)")
            #expect(!result.errorText.contains("id you mean"), "\(result.errorText)")
        }
        for command in ["push", "manifest", "builder"] {
            let result = try run(["pkg", command, "p"], status: 69)
            #expect(result.errorText.hasPrefix("identikit: pkg \(command) of LinuxKit is not supported; "))
        }
        #expect(try !cache.directory.list().contains("own"), "nothing is made of a wrong command")
    }

    @Test("Platforms can be left out")
    func skippedPlatforms() throws {
        try makePackage()
        let result = try run(["pkg", "build", "--skip-platforms", "linux/arm64", "--cache", "own", "p"])
        #expect(result.outputText.contains("linuxkit/p:"))
        let both = ["--skip-platforms", "linux/arm64", "--platforms", "linux/amd64"]
        #expect(try run(["pkg", "build", "p"] + both, status: 64).errorText.contains("cannot be used with"))
        let all = try run(["pkg", "build", "p", "--skip-platforms", "linux/arm64,linux/amd64"], status: 64)
        #expect(all.errorText.contains("--skip-platforms leaves out all of it"), "\(all.errorText)")
    }
}
