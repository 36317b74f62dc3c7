internal import Bytes
internal import KitConfig
internal import TestSupport
internal import Testing

@testable import Packaging

@Suite struct RecipeTests {
    private func read(_ text: String) throws -> PackageRecipe {
        try RecipeReader.read(KitSource(name: "redis/build.yml", text: text), directoryName: "redis")
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch PackagingError.invalidRecipe(let problems) { return problems.map(\.description) } catch {
            return ["\(error)"]
        }
    }

    @Test func `a recipe with every field is read`() throws {
        let recipe = try read(
            """
            image: redis
            org: acme
            tag: "v1-{{.Hash}}"
            arches: [amd64]
            extra-sources: ["../common:/common"]
            dockerfile: Dockerfile.redis
            gitrepo: somewhere
            network: true
            disable-cache: no
            buildArgs: [A=1]
            depends: {docker-images: {target-dir: a, target: b, from-file: c, list: [d]}}
            contents:
              suite: bookworm
              packages: [redis-server, {name: libc6, version: 1.10, arches: [amd64, arm64]}]
              depends: false
              exclude: [debconf]
              usrmerge: false
              keep: [usr/**]
              remove: [usr/share/doc]
              directories: [{path: /var/lib/redis/, mode: 0750, uid: 100, gid: 101}]
              files:
                - {path: etc/a, contents: "x\\n", mode: "0600"}
                - {path: /, source: rootfs}
              symlinks: [{path: bin/sh, target: busybox}]
              users: [{name: redis, uid: 100}]
              groups: [{name: wheel, gid: 10, members: [redis]}]
              alternatives: [{name: awk, link: /usr/bin/awk, path: /usr/bin/mawk}]
              ca-certificates: true
              moves: [{from: "boot/vmlinuz-*", to: kernel}]
              depmod: true
              archives: [{path: kernel.tar, from: [lib/modules]}]
              entrypoint: [/init]
              cmd: [a, b]
              env: [A=b=c]
              workdir: /srv
              user: redis
            """)
        #expect(recipe.organisation == "acme")
        #expect(recipe.tag == "v1-{{.Hash}}")
        #expect(recipe.extraSources == [.init(path: "../common", destination: "/common")])
        let contents = try #require(recipe.contents)
        #expect(contents.packages.map(\.name) == ["redis-server", "libc6"])
        #expect(contents.packages[1].version == "1.10")
        #expect(contents.packages[1].architectures == ["amd64", "arm64"])
        #expect(!contents.resolvesDependencies && !contents.mergesUsr)
        #expect(
            contents.directories == [
                .init(path: "var/lib/redis", mode: 0o750, owner: .init(uid: 100, gid: 101))
            ])
        #expect(contents.files[0].origin == .text("x\n"))
        #expect(contents.files[0].mode == 0o600)
        #expect(contents.files[1].path == "")
        #expect(contents.accounts?.users.first?.gid == 100)
        #expect(contents.accounts?.users.first?.shell == "/usr/sbin/nologin")
        #expect(contents.alternatives.first?.target == "/usr/bin/mawk")
        #expect(contents.process.environment == ["A=b=c"])
        #expect(contents.process.workingDirectory == "/srv")
    }

    @Test func `a recipe of nothing has LinuxKit's defaults`() throws {
        let recipe = try read("contents: {}")
        #expect(recipe.image == "redis")
        #expect(recipe.organisation == "linuxkit")
        #expect(recipe.tag == "{{.Hash}}")
        #expect(recipe.architectures == ["amd64", "arm64"])
        #expect(recipe.contents == PackageContents())
    }

    @Test func `every problem is reported at once with its place and the nearest key`() {
        let found = problems(
            """
            imgae: redis
            arches: [amd46]
            contents:
              packages: [redis-server]
              fiels: []
              files:
                - path: ../etc/passwd
                  contents: x
                - {path: etc/a}
                - {path: etc/b, contents: x, mode: "9"}
              directories: [{mode: 8}]
              users: [{name: "a:b", uid: -1}]
              moves: nowhere
              entrypoint: /init
            """)
        #expect(
            found == [
                "redis/build.yml:1:1: unknown key `imgae` in `build.yml`; did you mean `image`?",
                "redis/build.yml:2:10: `amd46` is not an architecture (amd64, arm64, riscv64, s390x, ppc64le); "
                    + "did you mean `amd64`?",
                "redis/build.yml:4:13: `packages` needs a `suite` beside it, such as `suite: bookworm`",
                "redis/build.yml:5:3: unknown key `fiels` in `contents`; did you mean `files`?",
                "redis/build.yml:7:13: `../etc/passwd` is not a path below the image's root",
                "redis/build.yml:9:7: a file needs either `contents` or `source`",
                "redis/build.yml:10:40: `mode` must be octal permissions up to 7777, not `9`",
                "redis/build.yml:11:17: `path` is missing",
                "redis/build.yml:12:18: `a:b` is not the name of a user or group",
                "redis/build.yml:13:10: `moves` must be a list",
                "redis/build.yml:14:15: `entrypoint` must be a list",
            ])
    }

    @Test(arguments: [
        ("a: [", 2), ("image: a\nimage: b", 2), ("- a\n- b", 1),
        ("contents:\n  packages: [\"-o\"]\n  suite: x", 2),
        ("contents:\n  packages: [a b]\n  suite: x", 2), ("contents:\n  suite: \"../x\"", 2),
        ("tag: \"{{.Nope}}\"", 1), ("image: UPPER", 1), ("extra-sources: [a]", 1),
        ("contents:\n  files:\n    - {path: a, source: /etc/passwd}", 3), ("contents:\n  env: [A]", 2),
    ])
    func `an impossible recipe is refused with its line`(text: String, line: Int) {
        let found = problems(text)
        #expect(!found.isEmpty, "nothing is reported for \(text)")
        for problem in found {
            #expect(problem.hasPrefix("redis/build.yml:\(line):"), "\(problem)")
        }
    }

    @Test(arguments: ["0666", "666", "0o666", "'0666'", "\"0o666\""])
    func `a mode is octal wherever it stands, in quotes or not`(mode: String) throws {
        let recipe = try read(
            """
            config:
              devices: [{path: /dev/x, type: c, major: 1, minor: 2, mode: \(mode)}]
            contents:
              directories: [{path: a, mode: \(mode)}]
              files: [{path: b, contents: x, mode: \(mode)}]
            """)
        let label = try #require(recipe.configLabel)
        let text = mode.contains("0") ? "0666" : "666"
        #expect(
            label == #"{"devices":[{"path":"/dev/x","type":"c","major":1,"minor":2,"mode":"\#(text)"}]}"#)
        #expect(recipe.contents?.directories.first?.mode == 0o666)
        #expect(recipe.contents?.files.first?.mode == 0o666)
    }

    @Test(arguments: ["+666", "0x1b6", "0_666", "0o", "10000", "o666"])
    func `what is not octal is refused`(mode: String) {
        #expect(problems("contents:\n  files: [{path: b, contents: x, mode: '\(mode)'}]").count == 1)
        if mode != "10000" {
            let device = "{path: /dev/x, type: c, mode: '\(mode)'}"
            #expect(problems("config:\n  devices: [\(device)]\ncontents: {}").count == 1)
        }
    }

    @Test(arguments: [",", ": 0, "])
    func `aliases of aliases are refused at once, as values and as keys`(separator: String) {
        var text = "config: &a0 [x, x]\n"
        for level in 1...48 {
            let before = "*a\(level - 1)"
            text +=
                separator == ","
                ? "k\(level): &a\(level) [\(before), \(before), \(before)]\n"
                : "k\(level): &a\(level) {? [\(before), \(before)] : 0, ? [\(before), 1, \(before)] : 0}\n"
        }
        let clock = ContinuousClock()
        let start = clock.now
        let found = problems(text)
        #expect(found.contains { $0.contains("aliases") }, "\(found.prefix(3))")
        #expect(clock.now - start < .seconds(10))
    }

    @Test func `a plain file among several directories is set apart, and one that is named alone is refused`()
        throws
    {
        let directory = try TemporaryDirectory()
        try directory.write("a/build.yml", "image: a")
        let (a, readme) = ("\(directory.path)/a", try directory.write("README.md", ""))
        let sorted = try PackageDirectory.sort([a, readme, "\(a)/", "/nowhere"])
        #expect(sorted.directories == [a, "\(a)/", "/nowhere"])
        #expect(sorted.files == [readme])
        #expect(try PackageDirectory.sort([readme]).directories == [readme])
        #expect(throws: PackagingError.noBuildFile(directory: readme, file: "build.yml")) {
            try PackageDirectory(readme)
        }
    }

    @Test func `a recipe that is no UTF-8 is refused where it is not`() {
        #expect(throws: PackagingError.self) {
            try RecipeReader.read(
                KitSource(name: "a", text: Array("image: x\norg: ".utf8) + [0xFF]), directoryName: "a")
        }
    }

    @Test(arguments: [
        ("usr/share/doc", "usr/share/doc/a/b", true), ("usr/share/doc", "usr/share/docs", false),
        ("usr/*/doc", "usr/share/doc", true), ("usr/*/doc", "usr/share/x/doc", false),
        ("**/*.py", "usr/lib/a/b.py", true), ("**/*.py", "b.py", true),
        ("/boot/vmlinuz-?.*", "boot/vmlinuz-6.1", true),
        ("a/**", "a", true), ("a/**/b", "a/b", true),
        ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ])
    func `a glob matches what it says`(pattern: String, path: String, matches: Bool) throws {
        let glob = try #require(Glob(pattern))
        #expect(glob.matches(ByteString(path)) == matches)
    }

    @Test(arguments: ["..", "a/../b", "", "/", "./"])
    func `a glob that climbs or is empty is none`(pattern: String) { #expect(Glob(pattern) == nil) }
}
