import Bytes
import Digests
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

/// `lock`, and builds that use the lock.
@Suite struct LockTests {
    private static let other: [TestMember] = [
        .directory("bin"), .file("bin/sh", "another shell\n", mode: 0o755),
    ]

    private func tar(_ workshop: Workshop, _ arguments: [String] = []) throws -> [UInt8] {
        let result = try workshop.build(["-q", "-f", "tar", "-o", "-"] + arguments + ["good.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        return result.output
    }

    private func lock(_ workshop: Workshop, _ arguments: [String] = []) throws -> Command.Result {
        try Executable.run(
            ["lock", "--offline", "--cache", workshop.builder.path, "--arch", "amd64", "good.yml"]
                + arguments,
            in: workshop.path)
    }

    @Test("A locked image stays when its name moves, until the lock is updated")
    func moved() throws {
        let workshop = try Workshop()
        let before = try tar(workshop)
        let first = try lock(workshop)
        #expect(first.status == 0 && first.outputText.contains("added  docker.io/sample/thing:1"), "\(first)")
        let file = "\(workshop.path)/good.lock.json"
        let text = try ReadableFile(path: file).bytes(at: 0, length: 100, of: file)
        try workshop.builder.image("sample/thing:1", layers: [Self.other])
        #expect(try tar(workshop) == before)
        let after = try tar(workshop, ["--no-lock"])
        #expect(after != before)
        // Again: nothing changes, and the file is the same.
        let again = try lock(workshop)
        #expect(again.status == 0 && again.outputText.isEmpty, "\(again.outputText)")
        #expect(try ReadableFile(path: file).bytes(at: 0, length: 100, of: file) == text)
        let updated = try lock(workshop, ["--update", "sample/thing"])
        #expect(updated.outputText.hasPrefix("moved  docker.io/sample/thing:1  sha256:"), "\(updated)")
        #expect(updated.outputText.contains("docker.io/sample/thing:1: layers of "), "\(updated)")
        #expect(updated.outputText.contains("; no package changed"), "\(updated)")
        #expect(try tar(workshop) == after)
        #expect(try lock(workshop, ["--update", "sample/nothing"]).status == 64)
    }

    @Test("--locked needs a lock for this configuration; an image that is not locked is named")
    func locked() throws {
        let workshop = try Workshop()
        try workshop.builder.image("sample/more:1", layers: [Self.other])
        try workshop.expectFailure(
            ["--locked", "good.yml"], status: 66, saying: ["good.lock.json not found", "lock good.yml"])
        #expect(try lock(workshop).status == 0)
        let locked = try tar(workshop, ["--locked"])
        #expect(try tar(workshop) == locked)
        try workshop.write("good.yml", "init:\n  - sample/thing:1\nfiles:\n  - {path: a, contents: a}\n")
        try workshop.expectFailure(
            ["--locked", "good.yml"], status: 65, saying: ["another configuration", "lock good.yml"],
            goodBuildFollows: false)
        _ = try tar(workshop)
        try workshop.write("good.yml", "init:\n  - sample/thing:1\n  - sample/more:1\n")
        try workshop.expectFailure(
            ["good.yml"], status: 65,
            saying: ["good.lock.json does not have docker.io/sample/more:1", "lock good.yml"],
            goodBuildFollows: false)
        let renewed = try lock(workshop)
        #expect(renewed.outputText.contains("added  docker.io/sample/more:1"), "\(renewed)")
        _ = try tar(workshop, ["--locked"])
        try workshop.write("good.lock.json", "{\"version\": 1, ")
        try workshop.expectFailure(
            ["good.yml"], status: 65, saying: ["good.lock.json is not a lock file"], goodBuildFollows: false)
    }

    @Test("An image that is gone is an error that names both digests")
    func gone() throws {
        let workshop = try Workshop()
        #expect(try lock(workshop).status == 0)
        let locked = try workshop.builder.layout.descriptor(of: try ImageReference("sample/thing:1"))
        try workshop.builder.image("sample/thing:1", layers: [Self.other])
        try Tool.run("rm", ["\(workshop.builder.path)/blobs/sha256/\(locked.digest.hex)"])
        try workshop.expectFailure(
            ["good.yml"], status: 65, saying: ["docker.io/sample/thing:1", "the lock file pins sha256:"],
            goodBuildFollows: false)
    }

    @Test(
        "Another machine gets the locked images from the registry, wherever the tags are now",
        .enabled(if: DockerRegistry.isAvailable && Skopeo.isAvailable, "needs docker-registry and skopeo"))
    func registry() async throws {
        let registry = try await DockerRegistry()
        let workshop = try Workshop()
        func push(_ members: [TestMember]) throws {
            let source = try LayoutBuilder()
            try source.image("\(registry.name)/thing:1", layers: [members])
            let result = try Executable.run(
                [
                    "cache", "push", "--cache", source.path, "\(registry.name)/thing:1",
                ], in: workshop.path)
            #expect(result.status == 0, "\(result.errorText)")
        }
        func run(_ arguments: [String], _ cache: String) throws -> Command.Result {
            let result = try Executable.run(
                arguments + ["--cache", cache, "--arch", "amd64"], in: workshop.path)
            #expect(result.status == 0, "\(result.errorText)")
            return result
        }
        let build = ["build", "-q", "-f", "tar", "-o", "-", "kit.yml"]
        try workshop.write("kit.yml", "init:\n  - \(registry.name)/thing:1\n")
        try push(Workshop.members)
        _ = try run(["lock", "kit.yml"], "one")
        let before = try run(build, "one").output
        try push(Self.other)
        #expect(try run(build, "two").output == before)
        #expect(try run(build + ["--pull"], "one").output == before)
        let moved = try run(["lock", "kit.yml", "--update", "--json"], "two")
        #expect(moved.outputText.contains("\"from\": \"sha256:"), "\(moved.outputText)")
        let after = try run(build, "two").output
        #expect(after != before)
        #expect(try run(build + ["--no-lock", "--pull"], "three").output == after)
        try await registry.stop()
    }
}

/// `check`, with builds of Identikit's.
@Suite struct CheckTests {
    @Test("All files of several formats are equal in all rounds, also those that would write one file")
    func formats() throws {
        let workshop = try Workshop()
        try SampleBootFiles.write(to: try #require(workshop.directory), "boot")
        var kernel = TestMember.file("kernel")
        kernel.contents = SampleBootFiles.bzImage
        try workshop.builder.image("sample/kernel:1", layers: [[kernel]])
        try workshop.write(
            "kit.yml", "kernel:\n  image: sample/kernel:1\n  tar: none\ninit:\n  - sample/thing:1\n")
        let result = try Executable.run(
            [
                "check", "-f", "tar,kernel+initrd,vhd,dynamic-vhd,kernel+squashfs", "--bios-boot", "boot",
                "--arch", "amd64", "--offline", "--cache", workshop.builder.path, "kit.yml",
            ], in: workshop.path)
        #expect(result.status == 0, "\(result.errorText)\(result.outputText)")
        #expect(result.outputText.contains("files are equal in 5 rounds"), "\(result.outputText)")
        #expect(result.outputText.contains("kit-initrd.img"))
        #expect(try workshop.names().filter { $0.hasPrefix("kit") } == ["kit.yml"])
    }

    @Test("Outputs that differ from somebody else's are named, and the exit code is 1")
    func against() throws {
        let workshop = try Workshop()
        let arguments = [
            "--arch", "amd64", "--offline", "--cache", workshop.builder.path, "-f", "tar", "good.yml",
        ]
        #expect(try workshop.build(["-f", "tar", "--dir", "theirs", "good.yml"]).status == 0)
        let same = try Executable.run(
            ["check", "--rounds", "2", "--against", "theirs"] + arguments, in: workshop.path)
        #expect(same.status == 0, "\(same.errorText)\(same.outputText)")
        try workshop.write("theirs/good.tar", "something else")
        let other = try Executable.run(
            ["check", "--rounds", "2", "--against", "theirs", "--json"] + arguments, in: workshop.path)
        #expect(other.status == 1, "\(other.errorText)")
        #expect(other.outputText.contains("\"equal\": false") && other.outputText.contains("at byte 0"))
    }

    @Test("Another builder's randomness is found")
    func command() throws {
        let workshop = try Workshop()
        let result = try Executable.run(
            ["check", "--command", "(echo same; date +%s%N) > image", "--outputs", "image"], in: workshop.path
        )
        #expect(result.status == 1, "\(result.errorText)")
        #expect(result.outputText.contains("1 of 1 files differ"), "\(result.outputText)")
    }
}
