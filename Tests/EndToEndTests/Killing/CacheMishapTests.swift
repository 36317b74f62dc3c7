import Bytes
import Foundation
import Host
import OCI
import TestSupport
import Testing

@Suite("A cache survives kill -9, a full disk and many at once", .serialized) struct CacheMishapTests {
    /// Kills for each command: a sample, and more where IDENTIKIT_SOAK is set.
    private static let kills = HostEnvironment.variable("IDENTIKIT_SOAK") == nil ? 8 : 200

    /// An image that takes a while, with many blobs.
    private static func layers(_ seed: Int) -> [[TestMember]] {
        (0..<12).map { number in
            var member = TestMember.file(ByteString("file\(number)"))
            member.contents = Disks.noise(400_000, seed: UInt64(seed * 100 + number))
            return [member]
        }
    }

    /// The command on `cache`, killed at point number `number` of `Self.kills`; `total` is its number of calls.
    private func kill(
        _ cache: CacheDirectory, _ arguments: [String], number: Int, of total: Int, by killSwitch: KillSwitch
    ) throws {
        // Calls differ a little from run to run: threads share them out.
        let call = KillSwitch.calls(of: total * 9 / 10, count: Self.kills)[number]
        let place: KillSwitch.Place = number.isMultiple(of: 2) ? .modern : .named
        #expect(
            try killSwitch.kill(
                ["cache"] + arguments + ["--cache", cache.path], in: cache.directory.path, place: place,
                at: call
            ))
    }

    /// The number of calls of a command that nobody kills.
    private func count(
        _ cache: CacheDirectory, _ arguments: [String], by killSwitch: KillSwitch
    ) throws -> Int {
        try killSwitch.count(
            ["cache"] + arguments + ["--cache", cache.path], in: cache.directory.path, place: .named)
    }

    /// Nothing half-written is left once a command has run.
    private func expectSwept(_ cache: CacheDirectory) throws {
        let left = try cache.files().filter { name in
            let base = name.split(separator: "/").last ?? ""
            return base.hasPrefix(".") && !base.hasPrefix(".lock ")
        }
        #expect(left.isEmpty, "left behind: \(left)")
    }

    @Test(
        "Killed while it imports: sound at every moment, and the next import is as good as the first",
        .enabled(if: KillSwitch.isAvailable, "needs a C compiler"))
    func importing() throws {
        let killSwitch = try KillSwitch()
        let source = try CacheDirectory([("large:1", Self.layers(1))])
        try source.succeed(["export", "--outfile", "large.tar", "large:1"])
        let archive = "\(source.directory.path)/large.tar"
        let total = try count(try CacheDirectory.sample(), ["import", archive], by: killSwitch)
        for number in 0..<Self.kills {
            let cache = try CacheDirectory.sample()
            try kill(cache, ["import", archive], number: number, of: total, by: killSwitch)
            try cache.succeed(["verify"])
            try cache.succeed(["import", archive])
            try expectSwept(cache)
            let found = try cache.succeed(["verify"])
            #expect(found.contains("names 3, "), "\(found)")
            try cache.succeed(["clean", "--unused"])
            try cache.succeed(["export", "--outfile", "again.tar", "large:1"])
            #expect(try cache.directory.read("again.tar") == source.directory.read("large.tar"))
        }
    }

    @Test(
        "A cache that is being made is empty for others, at every moment, and the next command completes it",
        .enabled(if: KillSwitch.isAvailable, "needs a C compiler"))
    func making() throws {
        let killSwitch = try KillSwitch()
        let source = try CacheDirectory([("small:1", [[.file("a")]])])
        try source.succeed(["export", "--outfile", "small.tar", "small:1"])
        let archive = "\(source.directory.path)/small.tar"
        func fresh() throws -> CacheDirectory {
            let cache = try CacheDirectory([])
            try Directory.remove(cache.path)
            return cache
        }
        let total = try count(try fresh(), ["import", archive], by: killSwitch)
        // Every call, because every state between two of them is one that another process may find.
        for call in 1...total {
            for place in [KillSwitch.Place.modern, .named] {
                let cache = try fresh()
                let arguments = ["cache", "import", archive, "--cache", cache.path]
                _ = try killSwitch.kill(arguments, in: cache.directory.path, place: place, at: call)
                try cache.succeed(["ls"])
                try cache.succeed(["import", archive])
                #expect(try cache.succeed(["ls"]).contains("small:1"))
            }
        }
    }

    @Test(
        "Killed while it removes: an image is there or not, never in part",
        .enabled(if: KillSwitch.isAvailable, "needs a C compiler"),
        arguments: [["rm", "large:1"], ["clean"]])
    func removing(arguments: [String]) throws {
        let killSwitch = try KillSwitch()
        let source = try CacheDirectory([("large:1", Self.layers(1)), ("other:1", Self.layers(2))])
        func copy() throws -> CacheDirectory {
            let cache = try CacheDirectory([])
            try Directory.remove(cache.path)
            try Tool.run("cp", ["-r", source.path, cache.path])
            return cache
        }
        let total = try count(try copy(), arguments, by: killSwitch)
        for number in 0..<Self.kills {
            let cache = try copy()
            try kill(cache, arguments, number: number, of: total, by: killSwitch)
            try cache.succeed(["verify"])
            try cache.succeed(["clean", "--unused"])
            try expectSwept(cache)
            #expect(try cache.succeed(["du", "--json"]).contains("\"otherBlobs\": 0"))
            let names = try cache.succeed(["ls"])
            #expect(names.contains("other:1") || arguments == ["clean"])
        }
    }

    @Test("Builds, imports and removals at once: no build misses a blob, and the cache is sound")
    func atOnce() async throws {
        let cache = try CacheDirectory.sample()
        for number in 0..<3 {
            let source = try CacheDirectory([("new\(number):1", [[.file(ByteString("f\(number)"), "x")]])])
            try source.succeed([
                "export", "--outfile", "\(cache.directory.path)/\(number).tar", "new\(number):1",
            ])
        }
        try cache.directory.write("kit.yml", "init:\n  - sample/one:1\n")
        let results = try await withThrowingTaskGroup(of: Command.Result.self) { group in
            for number in 0..<12 {
                group.addTask {
                    switch number % 4 {
                    case 0:
                        try Executable.run(
                            [
                                "build", "-q", "--cache", cache.path, "--arch", "amd64", "-o",
                                "\(number).out", "kit.yml",
                            ],
                            in: cache.directory.path)
                    case 1: try cache.run(["import", "\(number / 4).tar"])
                    case 2: try cache.run(["clean", "--unused"])
                    default: number == 3 ? try cache.run(["rm", "sample/two:1"]) : try cache.run(["ls"])
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { #expect([0, 69].contains(result.status), "\(result.errorText)") }
        try cache.succeed(["clean", "--unused"])
        #expect(try cache.succeed(["verify"]).contains("names 4, "))
    }

    @Test(
        "A full disk is told and nothing is named; removing makes room",
        .enabled(if: SmallDisk(bytes: 1 << 16) != nil, "needs the right to mount"))
    func fullDisk() throws {
        let source = try CacheDirectory([("large:1", Self.layers(1)), ("small:1", [[.file("a")]])])
        for name in ["large", "small"] {
            try source.succeed(["export", "--outfile", "\(name).tar", "\(name):1"])
        }
        let disk = try #require(SmallDisk(bytes: 2 << 20))
        let cache = "\(disk.path)/cache"
        try source.succeed(["import", "small.tar"], cache: cache)
        let result = try source.run(["import", "large.tar"], cache: cache)
        #expect(result.status == 74 && result.errorText.contains("No space left"), "\(result.errorText)")
        Workshop.expectClear(result.errorText, #_sourceLocation)
        #expect(try source.succeed(["verify"], cache: cache).contains("names 1, "))
        try source.succeed(["clean", "--unused"], cache: cache)
        #expect(try source.succeed(["du", "--json"], cache: cache).contains("\"otherBlobs\": 0"))
        try source.succeed(["rm", "small:1"], cache: cache)
        try source.succeed(["import", "small.tar"], cache: cache)
    }
}
