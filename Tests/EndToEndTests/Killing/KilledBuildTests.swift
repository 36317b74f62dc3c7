import Foundation
import Host
import TestSupport
import Testing

@Suite(
    "A build that is killed leaves nothing behind", .serialized,
    .enabled(if: KillSwitch.isAvailable, "needs a C compiler"))
struct KilledBuildTests {
    /// Kills for each case: a sample, and every point where IDENTIKIT_SOAK is set.
    private static let kills = HostEnvironment.variable("IDENTIKIT_SOAK") == nil ? 12 : .max

    private let workshop: KilledWorkshop
    private let killSwitch: KillSwitch

    init() throws {
        workshop = try KilledWorkshop()
        killSwitch = try KillSwitch()
    }

    @Test("The first build in a directory leaves no file with a temporary name")
    func first() throws {
        #expect(try killEverywhere(.modern, isFirst: true) == 0)
    }

    @Test(
        "A build over earlier outputs leaves one at most, of a file that was being replaced; the next removes it"
    )
    func again() throws {
        // Only rename(2) replaces a file, and it wants a name.
        _ = try killEverywhere(.modern, isFirst: false, limit: 1)
    }

    @Test(
        "Where files need names, or cannot be linked, the next build removes what was left",
        arguments: [KillSwitch.Place.named, .unlinkable], [true, false])
    func elsewhere(place: KillSwitch.Place, isFirst: Bool) throws {
        _ = try killEverywhere(place, isFirst: isFirst)
        // A sample of calls may miss the moments at which something is left, so those are tried by themselves.
        #expect(
            try killEverywhere(place, isFirst: isFirst, counted: .renames) > 0,
            "nothing was ever left, so nothing was tried")
    }

    /// Kills builds at points of their work, each followed by one that nobody kills, and returns how many temporary
    /// files were left in all; `limit` of them at most each time. `isFirst`: builds in an empty directory, not over the
    /// outputs of an earlier one.
    private func killEverywhere(
        _ place: KillSwitch.Place, isFirst: Bool, limit: Int = .max, counted: KillSwitch.Counted = .all
    ) throws -> Int {
        func prepare() throws -> String {
            let directory = try workshop.fresh()
            if !isFirst { try workshop.succeed() }
            return directory
        }
        let total = try killSwitch.count(workshop.build, in: try prepare(), place: place, counted: counted)
        let kept = try workshop.files()
        var leftovers = 0
        // Calls differ a little from run to run: threads share them out.
        let certain = counted == .renames ? total : total * 9 / 10
        let kills = counted == .renames ? min(Self.kills, 3) : Self.kills
        for call in KillSwitch.calls(of: certain, count: min(kills, certain)) {
            let directory = try prepare()
            #expect(
                try killSwitch.kill(workshop.build, in: directory, place: place, counted: counted, at: call),
                "\(call) of \(total)"
            )
            let left = try workshop.files().filter { !kept.contains($0) }
            let temporary = left.filter { ($0 as NSString).lastPathComponent.hasPrefix(".identikit-") }
            #expect(left == temporary, "killed at call \(call)")
            #expect(temporary.count <= limit, "killed at call \(call): \(temporary)")
            leftovers += temporary.count
            try workshop.succeed()
            #expect(try workshop.files() == kept, "after the build that followed the one killed at \(call)")
            try workshop.expectSameOutputs()
        }
        return leftovers
    }
}

/// A kit, a cache, and copies of both to be maltreated.
private final class KilledWorkshop {
    private let source: TemporaryDirectory
    private var directory: TemporaryDirectory

    let build = [
        "build", "-q", "--cache", "cache", "--arch", "amd64", "-f", "tar,kernel+initrd", "--dir", "out",
        "kit.yml",
    ]

    init() throws {
        source = try TemporaryDirectory()
        directory = source
        let cache = try SampleKit.layout()
        try Tool.run("cp", ["-r", cache.path, "\(source.path)/cache"])
        try source.write("kit.yml", SampleKit.yaml)
        try source.write("home/greeting", SampleKit.greeting)
        try Directory.create("\(source.path)/out")
        try Tool.run("cp", ["-r", source.path, "\(source.path)-good"])
        _ = try Executable.run(build, in: "\(source.path)-good")
    }

    deinit { try? Directory.remove("\(source.path)-good") }

    /// A copy as it was before the first build.
    func fresh() throws -> String {
        directory = try TemporaryDirectory()
        try Tool.run("cp", ["-r", "\(source.path)/.", directory.path])
        return directory.path
    }

    /// Every name in the cache and among the outputs, sorted.
    func files() throws -> [String] {
        try ["cache", "out"].flatMap { part in
            try FileManager.default.subpathsOfDirectory(atPath: "\(directory.path)/\(part)").map {
                "\(part)/\($0)"
            }
        }.sorted()
    }

    func succeed() throws {
        let result = try Executable.run(build, in: directory.path)
        #expect(result.status == 0, "\(result.errorText)")
    }

    func expectSameOutputs() throws {
        try Tool.run("diff", ["-r", "\(source.path)-good/out", "\(directory.path)/out"])
    }
}
