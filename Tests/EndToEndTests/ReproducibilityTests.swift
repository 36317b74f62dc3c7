import Foundation
import Host
import Outputs
import TestSupport
import Testing

/// Every format is built again under other circumstances and compared with the usual ones. `IDENTIKIT_SOAK=1`
/// adds ten rounds.
@Suite("Outputs depend on nothing but the configuration and the images")
struct ReproducibilityTests {
    private static let soak: [Circumstances] =
        HostEnvironment.variable("IDENTIKIT_SOAK") == "1" ? (0..<10).map(Circumstances.soak) : []

    @Test(
        "Every output is the same under",
        .enabled(if: Tool.available("zstd", "faketime"), "zstd or faketime is not installed"),
        arguments: Circumstances.all + soak)
    func same(_ circumstances: Circumstances) throws {
        try compare(circumstances)
    }

    @Test(
        "Every output is the same for another user",
        .enabled(
            if: Tool.available("setpriv", "unshare", "zstd") && canBeNobody, "needs root, setpriv and unshare"
        ))
    func sameForAnotherUser() throws {
        try compare(.nobody)
    }

    @Test(
        "The executable is told another clock and another host name",
        .enabled(if: Tool.available("faketime", "unshare", "zstd") && canBeNobody, "needs root and faketime"))
    func told() throws {
        let shifted = Circumstances(
            name: "shifted", hostName: "elsewhere.example", clock: "@2076-02-29 23:59:00")
        func run(_ command: [String]) throws -> [UInt8] {
            let wrapped = shifted.wrapping(command)
            return try Tool.run(wrapped[0], Array(wrapped.dropFirst())).output
        }
        #expect(try run(["uname", "--nodename"]) == Array("elsewhere.example\n".utf8))
        let directory = try TemporaryDirectory()
        let kit = try directory.write("kit.yml", "init:\n  - sample/init:1\n")
        let layout = try #require(UsualOutputs.shared.get().layouts[.none])
        let build = [Executable.path, "build", "--quiet", "--cache", layout.path, "--arch", "amd64"]
        let tar = try run(build + ["--sbom-current-time", "-f", "tar", "-o", "-", kit])
        #expect(String(decoding: tar, as: UTF8.self).contains("2076-02-29T23:59:"))
    }

    @Test("The sample has every file of every format", .enabled(if: Tool.available("zstd"), "no zstd"))
    func complete() throws {
        let names = Set(try UsualOutputs.shared.get().digests.keys)
        for format in OutputFormats.all {
            for suffix in format.suffixes {
                #expect(names.contains(Round.key(format, suffix)), "\(format.name) wrote no kit\(suffix)")
            }
        }
    }

    private func compare(_ circumstances: Circumstances) throws {
        let samples = try UsualOutputs.shared.get()
        let layout = try #require(samples.layouts[circumstances.compression])
        // A cache is warm once something was built from it.
        if circumstances.cache == .warm { _ = try Round(circumstances, layout: layout).digests() }
        let found = try Round(circumstances, layout: layout).digests()
        for name in Set(found.keys).union(samples.digests.keys).sorted() {
            #expect(
                found[name] == samples.digests[name], "\(name) is another under: \(circumstances.name)")
        }
    }

    /// Root can run the executable as somebody else, who may enter its directory and those of its libraries.
    private static let canBeNobody: Bool = {
        guard HostEnvironment.isRoot else { return false }
        let arguments = [
            "--reuid", "65534", "--regid", "65534", "--clear-groups", Executable.path, "version",
        ]
        return (try? Command("setpriv", arguments).run().status) == 0
    }()
}
