import Bytes
import Foundation
import Host
import TestSupport
import Testing

@Suite("A build that cannot be done says why in one sentence and leaves nothing behind")
struct FailureTests {
    /// A command line and what becomes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var status: Int32
        var saying: [String]
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String, _ status: Int32, _ saying: String...) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.status = status
            self.saying = saying
        }
    }

    @Test(
        "Wrong usage is 64",
        arguments: [
            Case("-f iso9660 good.yml", 64, "unknown format \"iso9660\"", "kernel+initrd"),
            Case("-f tar,docker -o out good.yml", 64, "-o names one file"),
            Case("-f tar -f docker -o out good.yml", 64, "-o names one file"),
            Case("-f kernel+initrd -o out good.yml", 64, "kernel+initrd", "several files"),
            Case("-f tar -f tar good.yml", 64, "would both write"),
            Case("-o out --name x good.yml", 64, "-o cannot be used with --name"),
            Case("-o out --dir . good.yml", 64, "-o cannot be used with --dir"),
            Case("--arch mips good.yml", 64, "unknown architecture \"mips\"", "amd64"),
            Case("--pull good.yml", 64, "--pull cannot be used with --offline"),
            Case("--mirror ftp://nowhere good.yml", 64, "--mirror"),
            Case("--jobs 0 good.yml", 64, "--jobs"),
            Case("https://example.org/kit.yml", 64, "download the file first"),
            Case("--input-tar out -o out good.yml", 64, "same file"),
        ])
    func usage(_ wrong: Case) throws {
        try Workshop().expectFailure(wrong.arguments, status: wrong.status, saying: wrong.saying)
    }

    @Test(
        "What the argument parser refuses is 64, with the usage",
        arguments: [
            Case("--formt tar good.yml", 64, "--formt", "--format"), Case("--jobs many good.yml", 64, "many"),
            Case("-f", 64, "-f"), Case("", 64, "file"),
        ])
    func unparsable(_ wrong: Case) throws {
        let workshop = try Workshop()
        let before = try workshop.names()
        let result = try workshop.build(wrong.arguments)
        #expect(result.status == wrong.status)
        for part in wrong.saying { #expect(result.errorText.contains(part), "\(result.errorText)") }
        #expect(result.errorText.contains("Usage: identikit build"))
        #expect(try workshop.names() == before)
    }

    @Test(
        "What is missing is 66",
        arguments: [
            Case("absent.yml", 66, "absent.yml", "No such file or directory"),
            Case("good.yml absent.yml", 66, "absent.yml"),
            Case("--input-tar absent.tar good.yml", 66, "absent.tar"),
            Case("missing-image.yml", 66, "docker.io/sample/thong:1", "docker.io/sample/thing:1"),
            Case("missing-source.yml", 66, "files[0] (etc/x)", "/nowhere/at/all", "optional: true"),
            Case("--arch arm64 good.yml", 66, "linux/arm64", "linux/amd64"),
            Case("--cache nowhere good.yml", 66, "nowhere", "empty"),
        ])
    func missing(_ wrong: Case) throws {
        let workshop = try Workshop()
        try workshop.write("missing-image.yml", "init:\n  - sample/thong:1\n")
        try workshop.write(
            "missing-source.yml", "files:\n  - path: etc/x\n    source: /nowhere/at/all\n")
        try workshop.expectFailure(wrong.arguments, status: wrong.status, saying: wrong.saying)
    }

    @Test(
        "Invalid input is 65",
        arguments: [
            Case("--cache good.yml good.yml", 65, "good.yml", "a file, not a directory"),
            Case("--cache full good.yml", 65, "full", "oci-layout"),
            Case("no-kernel.yml", 65, "sample/thing:1", "no file kernel", "kernel.binary"),
            Case("--input-tar good.yml metadata.yml", 65, "good.yml is not a tar output"),
            Case("--decompress-kernel kernel.yml", 65, "not compressed"),
        ])
    func invalid(_ wrong: Case) throws {
        let workshop = try Workshop()
        try workshop.write("full/of", "something else")
        try workshop.write("no-kernel.yml", "kernel:\n  image: sample/thing:1\n")
        try workshop.write(
            "kernel.yml", "kernel:\n  image: sample/thing:1\n  binary: bin/sh\n  tar: none\n")
        try workshop.write("metadata.yml", "files:\n  - path: etc/kit.yml\n    metadata: yaml\n")
        try workshop.expectFailure(wrong.arguments, status: wrong.status, saying: wrong.saying)
    }

    @Test("Names in images and on the command line do nothing to a terminal", arguments: [[], ["--strict"]])
    func escapes(options: [String]) throws {
        let name = "\u{1B}]0;title\u{7}\u{1B}[31m\u{9B}2J\u{202E}red"
        var member = TestMember.file(ByteString(name))
        member.records = [(key: "SCHILY.xattr.user.a", value: "b")]
        let workshop = try Workshop(layers: [[member, .directory("bin"), .file("bin/sh", "a shell\n")]])
        try workshop.write(
            "kit.yml",
            "kernel:\n  image: sample/thing:1\n  binary: bin/sh\n  tar: none\ninit:\n  - sample/thing:1\n")
        for arguments in [["-f", "kernel+initrd", "kit.yml"], ["-f", "tar", "\(name).yml"]] {
            let result = try workshop.build(options + arguments)
            #expect(result.errorText.contains("red"), "\(result.errorText)")
            let harmful: Set<UInt32> = [0x1B, 0x07, 0x9B, 0x202E]
            #expect(!result.errorText.unicodeScalars.contains { harmful.contains($0.value) })
        }
    }

    @Test("In JSON such names are escaped, so that programs get them whole")
    func escapesInJSON() throws {
        let workshop = try Workshop()
        let result = try workshop.build(["--json", "-f", "tar", "--name", "a\u{202E}b\u{9B}", "good.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains(#""a\u202eb\u009b.tar""#), "\(result.outputText)")
        #expect(try workshop.names().contains("a\u{202E}b\u{9B}.tar"))
    }

    @Test("What cannot be created is 73", arguments: [Case("", 73, "")])
    func uncreatable(_: Case) throws {
        let workshop = try Workshop()
        try workshop.write("folder/file", "")
        let missing = "No such file or directory"
        for (arguments, parts) in [
            (["-o", "folder"], ["folder", "--dir"]), (["-o", "no/such/out"], ["no/such/out", missing]),
            (["--dir", "folder/file"], ["Not a directory"]),
            (["--dir", "folder/file/below"], ["Not a directory"]),
        ] {
            try workshop.expectFailure(arguments + ["good.yml"], status: 73, saying: parts)
        }
    }

    @Test("Every problem of every file is told at once, each at its place, and nothing is written")
    func problems() throws {
        let workshop = try Workshop()
        try workshop.write("a.yml", "kernal:\n  image: x\ninit: nothing\n")
        try workshop.write("b.yml", "services:\n  - nme: a\n    image: \"b::\"\n    uid: nobody\n")
        let before = try workshop.names()
        let result = try workshop.build(["a.yml", "b.yml", "-"], input: "onboot: {}\n")
        #expect(result.status == 65)
        let lines = result.errorText.split(separator: "\n").map(String.init)
        let places = ["a.yml:1:1", "a.yml:3:7", "b.yml:2:5", "b.yml:3:12", "-:1:9"]
        for place in places {
            #expect(lines.contains { $0.hasPrefix("\(place): ") }, "\(place) in \(result.errorText)")
        }
        #expect(result.errorText.contains("did you mean \"kernel\"?"))
        #expect(lines.first?.contains("nothing was written") == true)
        #expect(try workshop.names() == before)
        try workshop.expectGoodBuild()
    }

    @Test("An unwritable directory for the output is 73", .enabled(if: canDropRoot, "needs root and setpriv"))
    func unwritable() throws {
        let workshop = try Workshop()
        try Tool.run("chmod", ["755", workshop.path, workshop.builder.directory.path])
        let home = try TemporaryDirectory()
        try Tool.run("chmod", ["777", home.path])
        let result = try Command(
            "setpriv",
            [
                "--reuid", "65534", "--regid", "65534", "--clear-groups", Executable.path, "build", "--cache",
                workshop.builder.path, "--arch", "amd64", "good.yml",
            ], environment: ["HOME": home.path, "PATH": "/usr/bin:/bin"], workingDirectory: workshop.path
        ).run()
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.errorText.contains("Permission denied"))
        Workshop.expectClear(result.errorText, #_sourceLocation)
        try workshop.expectGoodBuild()
    }

    /// The executable starts for a user who has no rights here.
    static let canDropRoot: Bool = {
        guard HostEnvironment.isRoot else { return Tool.isCI }
        let arguments = [
            "--reuid", "65534", "--regid", "65534", "--clear-groups", Executable.path, "version",
        ]
        return (try? Command("setpriv", arguments).run().status) == 0
    }()
}
