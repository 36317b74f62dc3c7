import Foundation
import Host
import TestSupport
import Testing

@Suite(
    "A build that is killed leaves nothing behind", .serialized,
    .enabled(if: KillSwitch.isAvailable, "needs a C compiler"))
struct KilledBuildTests {
    /// Kills for each case: a sample, and every point where IDENTIKIT_SOAK is set.
    private static let kills = HostEnvironment.variable("IDENTIKIT_SOAK") == nil ? 30 : .max

    private let workshop: KilledWorkshop
    private let killSwitch: KillSwitch

    init() throws {
        workshop = try KilledWorkshop()
        killSwitch = try KillSwitch()
    }

    @Test("Its outputs are those of before or whole, and nothing else is in the folder")
    func withoutNames() throws { try killEverywhere(.modern, mayLeave: Self.replaced) }

    @Test("Where a file needs a name, the next build removes what was left")
    func withNames() throws { try killEverywhere(.named) { _ in true } }

    @Test("Where files cannot be linked, the next build removes what was left")
    func withoutLinks() throws { try killEverywhere(.unlinkable) { _ in true } }

    /// Only a file that replaces another has a name before it is in its place, for as long as two calls take.
    private static func replaced(_ leftovers: [String]) -> Bool { leftovers.count <= 1 }

    private func killEverywhere(_ place: KillSwitch.Place, mayLeave: ([String]) -> Bool) throws {
        let total = try killSwitch.count(workshop.build, in: try workshop.fresh(), place: place)
        let kept = try workshop.files()
        // Calls differ a little from run to run: threads share them out.
        let points = KillSwitch.calls(of: total * 9 / 10, count: min(Self.kills, total * 9 / 10))
        var leftovers = 0
        for call in points {
            // One killed in an empty folder, one killed over the outputs of the build before.
            for isFirst in [true, false] {
                let folder = try workshop.fresh()
                if !isFirst { try workshop.succeed() }
                #expect(try killSwitch.kill(workshop.build, in: folder, place: place, at: call))
                let left = try workshop.files().filter { !kept.contains($0) }
                let temporary = left.filter { ($0 as NSString).lastPathComponent.hasPrefix(".identikit-") }
                #expect(left == temporary, "killed at call \(call)")
                #expect(mayLeave(temporary), "killed at call \(call): \(temporary)")
                leftovers += temporary.count
                try workshop.succeed()
                #expect(
                    try workshop.files() == kept, "after the build that followed the one killed at \(call)")
                try workshop.expectSameOutputs()
            }
        }
        if place != .modern {
            #expect(leftovers > 0, "\(place): nothing was ever left, so nothing was tried")
        }
    }
}

/// A kit, a cache, and copies of both to be maltreated.
private final class KilledWorkshop {
    private let source: TemporaryFolder
    private var folder: TemporaryFolder

    let build = [
        "build", "-q", "--cache", "cache", "--arch", "amd64", "-f", "tar,kernel+initrd", "--dir", "out",
        "kit.yml",
    ]

    init() throws {
        source = try TemporaryFolder()
        folder = source
        let cache = try SampleKit.layout()
        try Tool.run("cp", ["-r", cache.path, "\(source.path)/cache"])
        try source.write("kit.yml", SampleKit.yaml)
        try source.write("home/greeting", SampleKit.greeting)
        try Folder.create("\(source.path)/out")
        try Tool.run("cp", ["-r", source.path, "\(source.path)-good"])
        _ = try Executable.run(build, in: "\(source.path)-good")
    }

    deinit { try? Folder.remove("\(source.path)-good") }

    /// A copy as it was before the first build.
    func fresh() throws -> String {
        folder = try TemporaryFolder()
        try Tool.run("cp", ["-r", "\(source.path)/.", folder.path])
        return folder.path
    }

    /// Every name in the cache and among the outputs, sorted.
    func files() throws -> [String] {
        try ["cache", "out"].flatMap { part in
            try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/\(part)").map {
                "\(part)/\($0)"
            }
        }.sorted()
    }

    func succeed() throws {
        let result = try Executable.run(build, in: folder.path)
        #expect(result.status == 0, "\(result.errorText)")
    }

    func expectSameOutputs() throws {
        try Tool.run("diff", ["-r", "\(source.path)-good/out", "\(folder.path)/out"])
    }
}
