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
        "Every output is the same under", .enabled(if: Tool.available("zstd"), "zstd is not installed"),
        arguments: Circumstances.all + soak)
    func same(_ circumstances: Circumstances) throws {
        try compare(circumstances)
    }

    @Test(
        "Every output is the same for another user",
        .enabled(if: Tool.available("setpriv", "zstd") && canBeNobody, "needs root and setpriv"))
    func sameForAnotherUser() throws {
        try compare(.nobody)
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

    /// Root can run the executable as somebody else, who may enter its folder and those of its libraries.
    private static let canBeNobody: Bool = {
        guard HostEnvironment.isRoot else { return false }
        let arguments = [
            "--reuid", "65534", "--regid", "65534", "--clear-groups", Executable.path, "version",
        ]
        return (try? Command("setpriv", arguments).run().status) == 0
    }()
}
