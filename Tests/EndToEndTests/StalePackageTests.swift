import Host
import TestSupport
import Testing

/// What reaches an image and a git hash does not show: `build` decides as `pkg build` does.
@Suite(.enabled(if: Tool.available("git", "tar", "sh")))
struct StalePackageTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(
            "p/build.yml", "image: p\norg: me\ncontents:\n  files:\n  - {path: opt, source: tree}\n")
        try directory.write("p/tree/file", "1\n")
        try directory.write("p/.gitignore", "*.ignored\n")
        try directory.write("p/tree/x.ignored", "ignored\n")
        try directory.write("kit.yml", "init: [\"@pkg:./p\"]\n")
        try sh("ln -s file p/tree/link; mkdir p/tree/sub; echo s >p/tree/sub/s")
        try sh("git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm 1")
        // A change that is there from the beginning: the tag has the digest of contents only from here on.
        try sh("echo 2 >>p/tree/file")
    }

    private func sh(_ command: String) throws {
        try Tool.run("sh", ["-e", "-c", command], in: directory.path)
    }

    private func run(_ arguments: [String]) throws -> Command.Result {
        let result = try Executable.run(arguments, in: directory.path)
        #expect(result.status == 0, "\(arguments): \(result.errorText)")
        return result
    }

    /// Builds and lists what the image has below opt; `isBuilt` if the package had to be built for it.
    private func build(
        cache: String = "cache", isBuilt: Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let result = try run(["build", "--offline", "--no-sbom", "-f", "tar", "--cache", cache, "kit.yml"])
        #expect(
            result.errorText.contains("built docker.io/me/p:") == isBuilt, "\(result.errorText)",
            sourceLocation: sourceLocation)
        return try Tool.run("tar", ["-tvf", "kit.tar", "--wildcards", "opt*"], in: directory.path).outputText
    }

    @Test(
        "A change of a mode, a name, a link or an ignored file is in the next build",
        arguments: [
            ("chmod 755 p/tree/file", "rwxr-xr-x.*opt/file"),
            ("echo more >>p/tree/x.ignored", " 13 .*opt/x.ignored"),
            ("mv p/tree/x.ignored p/tree/y.ignored", "y.ignored"),
            ("ln -sfn sub p/tree/link", "opt/link -> sub"), ("mkdir p/tree/empty", "opt/empty"),
            ("mv p/tree/sub/s p/tree/sub/t", "sub/t"),
        ])
    func changes(_ command: String, _ pattern: String) throws {
        _ = try build(isBuilt: true)
        _ = try build(isBuilt: false)
        try sh(command)
        let listing = try build(isBuilt: true)
        #expect(listing.contains(try Regex(pattern)), "\(listing)")
        _ = try build(isBuilt: false)
    }

    @Test("pkg build and build agree, with the data beside the cache or without, and in a copy of the cache")
    func oneDecision() throws {
        _ = try run(["pkg", "build", "--cache", "cache", "p"])
        _ = try build(isBuilt: false)
        try sh("rm -r cache/derived && cp -r cache copy")
        _ = try build(isBuilt: false)
        _ = try build(cache: "copy", isBuilt: false)
        let verbose = try run(["pkg", "build", "-v", "--cache", "copy", "p"])
        #expect(verbose.errorText.contains("is unchanged"), "\(verbose.errorText)")
        try sh("chmod 755 p/tree/sub/s")
        _ = try build(cache: "copy", isBuilt: true)
        #expect(try run(["pkg", "build", "-v", "--cache", "copy", "p"]).errorText.contains("is unchanged"))
    }

    @Test("Another epoch makes another image, whatever the cache has")
    func epochs() throws {
        _ = try build(isBuilt: true)
        let result = try run([
            "build", "--offline", "--no-sbom", "-f", "tar", "--cache", "cache", "--source-date-epoch",
            "86400",
            "kit.yml",
        ])
        #expect(result.errorText.contains("built docker.io/me/p:"), "\(result.errorText)")
    }
}
