import Bytes
import Digests
import Foundation
import Host
import JSON
import TestSupport
import Testing

@Suite("The options of a build do what they say")
struct BuildOptionTests {
    private static func tar(_ bytes: [UInt8], _ arguments: String...) throws -> String {
        try Tool.run("bsdtar", arguments + ["-f", "-"], input: bytes, environment: ["LC_ALL": "C.UTF-8"])
            .outputText
    }

    @Test("-o - writes the image to standard output, and the digest of just these bytes to standard error")
    func standardOutput() throws {
        let workshop = try Workshop()
        let result = try workshop.build(["-o", "-", "good.yml"])
        let digest = SHA256Digest(hashing: result.output).hex
        #expect(result.errorText.contains(digest), "\(result.errorText)")
        let quiet = try workshop.build(["-q", "-f", "tar", "-o", "-", "good.yml"])
        #expect(quiet.output == result.output && quiet.errorOutput.isEmpty)
        #expect(try workshop.names() == ["good.yml"])
    }

    @Test("-o writes to a device or a pipe that is there, and does not replace it")
    func devices() throws {
        let workshop = try Workshop()
        let expected = try workshop.build(["-q", "-o", "-", "good.yml"]).output
        let streamed = try workshop.build(["-q", "-o", "/dev/stdout", "good.yml"])
        #expect(streamed.output == expected, "\(streamed.errorText)")
        try Tool.run("ln", ["-s", "/dev/null", "\(workshop.path)/sink"])
        #expect(try workshop.build(["-q", "-o", "sink", "good.yml"]).status == 0)
        #expect(try FileStatus.of("\(workshop.path)/sink")?.kind == .symbolicLink)
        #expect(try workshop.names() == ["good.yml", "sink"])
    }

    @Test("A full standard output is told", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullOutput() throws {
        try Workshop().expectFailure(
            ["-q", "-o", "/dev/full", "good.yml"], status: 74,
            saying: ["/dev/full", "No space left on device"])
    }

    @Test("-q says nothing, -v says what is done, and neither reaches standard output")
    func verbosity() throws {
        let workshop = try Workshop()
        let normal = try workshop.build(["-f", "tar", "good.yml"])
        #expect(normal.errorOutput.isEmpty, "\(normal.errorText)")
        #expect(normal.outputText.contains("good.tar"))
        let quiet = try workshop.build(["-q", "-f", "tar", "good.yml"])
        #expect(quiet.output.isEmpty && quiet.errorOutput.isEmpty)
        let verbose = try workshop.build(["-v", "-f", "tar", "good.yml"])
        #expect(verbose.errorText.contains("writing good.tar"))
        #expect(verbose.output == normal.output)
    }

    @Test("--json lists what was written, as it is")
    func json() throws {
        let workshop = try Workshop()
        let result = try workshop.build(["--json", "-f", "tar,kernel+initrd", "--name", "x", "good.yml"])
        let value = try JSONValue(parsing: result.output)
        let files = try #require(value["files"]?.array)
        let paths = files.compactMap { $0["path"]?.string }
        #expect(paths == ["x.tar", "x-initrd.img"])
        for (file, path) in zip(files, paths) {
            let bytes = try #require(try workshop.directory?.read(path))
            #expect(file["sha256"]?.string == SHA256Digest(hashing: bytes).hex)
            #expect(file["size"] == .number(UInt64(bytes.count)))
        }
    }

    @Test("--sbom-output names the bill of materials' place, --no-sbom leaves it out")
    func sbom() throws {
        let workshop = try Workshop()
        func names(_ arguments: [String]) throws -> [Substring] {
            let result = try workshop.build(["-q", "-o", "-"] + arguments + ["good.yml"])
            return try Self.tar(result.output, "-t").split(separator: "\n")
        }
        #expect(try names([]).last == "sbom.spdx.json")
        #expect(try names(["--sbom-output", "usr/share/bom"]).last == "usr/share/bom")
        #expect(try names(["--no-sbom"]).contains("sbom.spdx.json") == false)
    }

    @Test("What an initrd loses is a warning, and with --strict an error that leaves nothing")
    func strict() throws {
        var capable = TestMember.file("bin/ping")
        capable.records = [(key: "SCHILY.xattr.security.capability", value: "\u{1}")]
        let workshop = try Workshop(layers: [[capable]])
        let warned = try workshop.build(["-q", "good.yml"])
        #expect(warned.status == 0)
        #expect(
            warned.errorText
                == "warning: initrd: dropped extended attribute security.capability of /bin/ping "
                + "(an initrd cannot store it)\n")
        try workshop.expectFailure(
            ["--strict", "--name", "other", "-f", "tar,kernel+initrd", "good.yml"], status: 65,
            saying: ["/bin/ping", "security.capability", "--strict"])
    }

    @Test("Equal files of services are one in the initrd, and apart with --no-share")
    func sharing() throws {
        let workshop = try Workshop()
        let base: [TestMember] = [.file("lib", String(repeating: "shared by several ", count: 4000))]
        for name in ["one", "two"] {
            try workshop.builder.image("sample/\(name):1", layers: [base, [.file(ByteString(name))]])
        }
        try workshop.write(
            "two.yml",
            """
            services:
              - {name: one, image: "sample/one:1"}
              - {name: two, image: "sample/two:1"}

            """)
        for (option, isShared) in [([], true), (["--no-share"], false)] {
            #expect(try workshop.build(["-q"] + option + ["two.yml"]).status == 0)
            let archive = try Tool.run("gzip", ["-dc", "two-initrd.img"], in: workshop.path).output
            #expect((archive.count < 2 * 72_000) == isShared, "\(archive.count) bytes")
        }
    }

    @Test("- is a configuration on standard input; several are appended in order")
    func several() throws {
        let workshop = try Workshop()
        try workshop.write("a.yml", "files:\n  - {path: a, contents: first}\n")
        try workshop.write("b.yml", "files:\n  - {path: b, contents: second}\n")
        let result = try workshop.build(
            ["--dry-run", "a.yml", "-", "b.yml"], input: "files:\n  - {path: c, contents: between}\n")
        #expect(result.status == 0, "\(result.errorText)")
        let places = ["first", "between", "second"].map { result.outputText.range(of: $0)?.lowerBound }
        #expect(!places.contains(nil) && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        // LinuxKit's name for what has none.
        #expect(
            try workshop.build(["-q", "-f", "tar", "-"], input: "init: [\"sample/thing:1\"]\n").status == 0)
        #expect(try workshop.names().contains("moby.tar"))
    }

    @Test("A configuration can come through a pipe with a name")
    func namedPipe() throws {
        let workshop = try Workshop()
        let result = try Command(
            "bash",
            [
                "-c", "exec \"$0\" build --cache \"$1\" --arch amd64 --dry-run <(cat good.yml)",
                Executable.path, workshop.builder.path,
            ], workingDirectory: workshop.path
        ).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains("sample/thing:1"))
    }

    @Test("Called linuxkit it has that name and LinuxKit's cache")
    func linuxkit() throws {
        let workshop = try Workshop()
        let name = "\(workshop.path)/linuxkit"
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: Executable.path)
        let environment = ["HOME": "\(workshop.path)/home", "PATH": "/usr/bin:/bin"]
        func build() throws -> Command.Result {
            try Command(
                name, ["build", "--offline", "--arch", "amd64", "-q", "-f", "tar", "good.yml"],
                environment: environment,
                workingDirectory: workshop.path
            ).run()
        }
        let missing = try build()
        #expect(missing.status == 66)
        #expect(
            missing.errorText.hasPrefix("linuxkit: ") && missing.errorText.contains("home/.linuxkit/cache"))
        try Directory.create("\(workshop.path)/home/.linuxkit")
        try Tool.run("cp", ["-r", workshop.builder.path, "\(workshop.path)/home/.linuxkit/cache"])
        let found = try build()
        #expect(found.status == 0, "\(found.errorText)")
    }

    @Test("SOURCE_DATE_EPOCH and --source-date-epoch stamp alike; nonsense is refused")
    func epoch() throws {
        let workshop = try Workshop()
        try workshop.write("files.yml", "files:\n  - {path: etc/a, contents: a}\n")
        let arguments = ["build", "-q", "--cache", workshop.builder.path, "--arch", "amd64", "-o", "-"]
        let byOption = try Executable.run(
            arguments + ["--source-date-epoch", "1000000000", "files.yml"], in: workshop.path)
        let byVariable = try Executable.run(
            arguments + ["files.yml"], in: workshop.path, environment: ["SOURCE_DATE_EPOCH": "1000000000"])
        #expect(byOption.status == 0 && byOption.output == byVariable.output)
        #expect(try Self.tar(byOption.output, "-tv").contains("2001"))
        let wrong = try Executable.run(
            arguments + ["files.yml"], in: workshop.path, environment: ["SOURCE_DATE_EPOCH": "today"])
        #expect(wrong.status == 64 && wrong.output.isEmpty)
        #expect(wrong.errorText.contains("SOURCE_DATE_EPOCH is \"today\""))
    }

    @Test("Options that no format heeds are told; a directory for outputs is made")
    func unusedOptions() throws {
        let workshop = try Workshop()
        let result = try workshop.build(
            ["-f", "tar", "--size", "64M", "--squashfs-compression", "xz", "--dir", "new/folder", "good.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("--size is for disks"), "\(result.errorText)")
        #expect(result.errorText.contains("--squashfs-compression is for"), "\(result.errorText)")
        #expect(try workshop.names().contains("new/folder/good.tar"))
        let stream = try workshop.build(["-f", "raw-bios", "-o", "x.img", "good.yml"])
        #expect(stream.status == 64 && stream.errorText.contains("not a stream"), "\(stream.errorText)")
    }
}
