import Bytes
import Foundation
import Host
import TestSupport
import Testing

@Suite("An interrupted build leaves nothing half-written, and the next one works", .serialized)
struct InterruptionTests {
    /// An image that takes a while: 64 MiB that do not compress at once.
    private static func largeWorkshop() throws -> Workshop {
        let line = (0..<40_000).map { String($0 &* 2_654_435_761 % 1_000_003) }.joined(separator: " ")
        var large = TestMember.file("large")
        let block = Array(line.utf8)
        while large.contents.count < 64 << 20 { large.contents += block }
        let builder = try Workshop(layers: [])
        let layer = try builder.builder.layer(TestTar.archive([large]), .none)
        try builder.builder.index("sample/large:1", [try builder.builder.manifest([layer])])
        try builder.write("large.yml", "init:\n  - sample/large:1\n")
        return builder
    }

    private func wait(upTo seconds: Int = 30, until isDone: () throws -> Bool) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while try !isDone() {
            if ContinuousClock.now > deadline { return false }
            usleep(1_000)
        }
        return true
    }

    private func start(_ workshop: Workshop, _ arguments: [String]) throws -> Executable.Running {
        try Executable.start(
            ["build", "--quiet", "--cache", workshop.builder.path, "--arch", "amd64"] + arguments
                + ["large.yml"], in: workshop.path)
    }

    @Test("While a file is written", arguments: [SIGINT, SIGTERM, SIGHUP])
    func files(_ signal: Int32) throws {
        let workshop = try Self.largeWorkshop()
        let before = try workshop.names()
        let build = try start(workshop, [])
        #expect(try wait { build.isWriting(in: workshop.path) || !build.isRunning })
        let (status, text) = try build.end(signal: signal)
        #expect(status == 128 + signal, "\(text)")
        Workshop.expectClear(text, #_sourceLocation)
        #expect(try workshop.names() == before)
        try workshop.expectGoodBuild()
    }

    @Test("While standard output is not read", arguments: [SIGINT, SIGTERM])
    func streams(_ signal: Int32) throws {
        let workshop = try Self.largeWorkshop()
        let before = try workshop.names()
        let build = try start(workshop, ["-o", "-"])
        // The archive is larger than any pipe: once it has begun to come, it waits for a reader.
        #expect(try wait { build.bytesWaiting > 0 || !build.isRunning })
        #expect(build.isRunning)
        let (status, text) = try build.end(signal: signal)
        #expect(status == 128 + signal, "\(text)")
        Workshop.expectClear(text, #_sourceLocation)
        #expect(try workshop.names() == before)
        try workshop.expectGoodBuild()
    }

    @Test("When it is killed, the next build writes what a build without mishap writes")
    func killed() throws {
        let workshop = try Self.largeWorkshop()
        let before = try workshop.names()
        let build = try start(workshop, [])
        #expect(try wait { build.isWriting(in: workshop.path) || !build.isRunning })
        #expect(try build.end(signal: SIGKILL).status == 128 + SIGKILL)
        #expect(try workshop.names() == before)
        try expectSound(workshop, "after output was begun")
    }

    @Test("When it is killed while it fills the cache, the cache serves the next build")
    func killedImporting() throws {
        let workshop = try Self.largeWorkshop()
        let build = try start(workshop, ["-f", "tar"])
        let derived = "\(workshop.builder.path)/derived"
        #expect(try wait { try FileStatus.of(derived) != nil || !build.isRunning })
        _ = try build.end(signal: SIGKILL)
        try expectSound(workshop, "after the cache was begun")
    }

    /// The tar output from the cache as it is equals the one from a cache without derived data.
    private func expectSound(_ workshop: Workshop, _ when: Comment) throws {
        for name in ["now.tar", "anew.tar"] {
            let result = try workshop.build(["-q", "-o", name, "large.yml"])
            #expect(result.status == 0, "\(result.errorText)")
            try Directory.remove("\(workshop.builder.path)/derived")
        }
        let result = try Command("cmp", ["now.tar", "anew.tar"], workingDirectory: workshop.path).run()
        #expect(result.status == 0, when)
    }

    @Test("What the caller ignores stays ignored")
    func ignored() throws {
        let workshop = try Workshop()
        let script = "trap '' HUP; \"$@\" & kill -HUP $!; wait $!"
        let result = try Command(
            "sh",
            [
                "-c", script, "sh", Executable.path, "build", "--cache", workshop.builder.path, "-q",
                "--arch",
                "amd64", "-o", "out.tar", "good.yml",
            ], workingDirectory: workshop.path
        ).run()
        #expect(result.status == 0, "\(result.errorText)")
    }
}
