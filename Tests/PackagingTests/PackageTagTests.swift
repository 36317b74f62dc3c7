internal import Host
internal import TestSupport
internal import Testing

@testable import Packaging

/// A package directory in a git repository of its own; git is the oracle.
private struct Repository {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("pkg/a/build.yml", "image: a\n")
        try directory.write("pkg/a/b/c", "c")
        try directory.write("pkg/a/b.d", "sorts between b and b/")
        try directory.write("pkg/common/x", "x")
        try git("init", "-q")
        try commit()
    }

    var package: String { "\(directory.path)/pkg/a" }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        let output = try Tool.run("git", ["-C", directory.path] + identity + arguments).outputText
        return output.split(separator: "\n").last.map(String.init) ?? ""
    }

    func commit() throws {
        try git("add", "-A")
        try git("commit", "-q", "-m", "x")
    }

    func tag(_ options: PackageOptions = PackageOptions()) throws -> String {
        try PackageTag.show(package, options: options).description
    }
}

@Suite(.enabled(if: Tool.available("git", "sha256sum", "sha1sum", "sh")))
struct PackageTagTests {
    @Test func `a clean directory's tag is its git tree hash`() throws {
        let repository = try Repository()
        #expect(try repository.tag() == "linuxkit/a:\(repository.git("rev-parse", "HEAD:pkg/a"))")
    }

    @Test func `a directory that is the top of the repository is hashed as the commit's tree`() throws {
        let repository = try Repository()
        try repository.directory.write("build.yml", "image: top\norg: acme")
        try repository.commit()
        let tag = try PackageTag.show(repository.directory.path).description
        #expect(try tag == "acme/top:\(repository.git("rev-parse", "HEAD^{tree}"))")
    }

    @Test func `a file whose name is not UTF-8 counts like any other`() throws {
        let repository = try Repository()
        let change = { (text: String) in
            let script =
                "printf '\(text)' > \"$(printf 'n\\377')\"; mkdir -p \"$(printf 'd\\376')\"; "
                + "printf '\(text)' > \"$(printf 'd\\376')/x\""
            try Tool.run("sh", ["-e", "-c", script], in: repository.package)
        }
        try change("one")
        let untracked = try repository.tag()
        let loose = try GitTree.hash(
            directory: repository.package, files: GitTree.files(below: repository.package))
        try repository.commit()
        #expect(try loose == repository.git("rev-parse", "HEAD:pkg/a"))
        try change("two")
        #expect(try repository.tag() != untracked)
        let changed = try repository.tag()
        try change("three")
        #expect(try repository.tag() != changed)
        try Directory.remove(repository.package)
        #expect(try FileStatus.of(repository.package) == nil)
    }

    @Test func `a changed or untracked file marks the tag dirty with LinuxKit's content hash`() throws {
        let repository = try Repository()
        let clean = try repository.tag()
        try repository.directory.write("pkg/a/b/c", "changed")
        try repository.directory.write("pkg/a/new file", "new")
        let script =
            "{ git ls-files; git ls-files --exclude-standard --others; } | while read -r f; do cat \"$f\"; done"
        let content = try Tool.run("sh", ["-c", "(\(script)) | sha256sum"], in: repository.package).outputText
        #expect(try repository.tag() == "\(clean)-dirty-\(content.prefix(7))")
        // Elsewhere in the repository, nothing is dirty.
        try repository.git("stash", "-q", "-u")
        try repository.directory.write("pkg/common/x", "changed")
        #expect(try repository.tag() == clean)
    }

    @Test func `an ignored file changes nothing`() throws {
        let repository = try Repository()
        try repository.directory.write(".gitignore", "*.log\n")
        try repository.commit()
        let clean = try repository.tag()
        try repository.directory.write("pkg/a/build.log", "x")
        #expect(try repository.tag() == clean)
    }

    @Test func `extra sources are hashed in order after the directory`() throws {
        let repository = try Repository()
        try repository.directory.write("pkg/a/build.yml", "image: a\nextra-sources: [\"../common:/x\"]")
        try repository.commit()
        let script = "printf %s%s $(git rev-parse HEAD:pkg/a HEAD:pkg/common) | sha1sum"
        let hash = try Tool.run("sh", ["-c", script], in: repository.directory.path).outputText.prefix(40)
        #expect(try repository.tag() == "linuxkit/a:\(hash)")
    }

    @Test func `outside git the tag is the tree hash that git would give`() throws {
        let repository = try Repository()
        let committed = try repository.tag()
        let outside = try TemporaryDirectory()
        try Tool.run("cp", ["-a", repository.package, outside.path])
        #expect(try PackageTag.show("\(outside.path)/a").description == committed)
    }

    @Test func `links, executables and empty directories outside git hash as in git`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("build.yml", "image: a")
        try directory.write("run", "#!/bin/sh")
        try Tool.run("sh", ["-c", "chmod 755 run; ln -s run link; mkdir empty"], in: directory.path)
        let outside = try PackageTag.show(directory.path)
        #expect(!outside.isDirty)
        try Tool.run("git", ["init", "-q"], in: directory.path)
        try Tool.run("git", ["add", "-A"], in: directory.path)
        let tree = try Tool.run("git", ["write-tree"], in: directory.path).outputText.prefix(40)
        #expect(outside.hash == String(tree))
        // Not committed yet: the same tree, and dirty.
        #expect(try PackageTag.show(directory.path).hash.hasPrefix("\(tree)-dirty-"))
    }

    @Test func `the flags do what LinuxKit's do`() throws {
        let repository = try Repository()
        var options = PackageOptions()
        options.hash = "cafe"
        options.organisation = "acme"
        options.tag = "v-{{ .Hash }}-x"
        #expect(try repository.tag(options) == "acme/a:v-cafe-x")
        options = PackageOptions()
        options.hashPath = "\(repository.directory.path)/pkg"
        #expect(try repository.tag(options) == "linuxkit/a:\(repository.git("rev-parse", "HEAD:pkg"))")
        options = PackageOptions()
        options.forceDirty = true
        #expect(try repository.tag(options).contains("-dirty-"))
        options = PackageOptions()
        let first = try repository.tag()
        try repository.directory.write("pkg/a/b/c", "changed")
        try repository.commit()
        options.hashCommit = "HEAD~1"
        #expect(try repository.tag(options) == first)
        options.hashCommit = "no-such-commit"
        #expect(
            throws: PackagingError.notInCommit(
                directory: try Directory.realPath(repository.package), commit: "no-such-commit")
        ) {
            try repository.tag(options)
        }
        options = PackageOptions()
        options.hashPath = "/usr"
        #expect(throws: PackagingError.self) { try repository.tag(options) }
    }

    @Test func `a directory without build.yml is refused by name`() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: PackagingError.noBuildFile(directory: directory.path, file: "build.yml")) {
            try PackageTag.show(directory.path)
        }
    }
}
