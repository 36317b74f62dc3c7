import Host
import TestSupport
import Testing

/// `umoci unpack` judges what layers mean.
@Suite(.enabled(if: Tool.available("umoci") && HostEnvironment.isRoot, "umoci and root"))
struct LayerSemanticsTests {
    @Test("umoci makes the same tree of every case", arguments: LayerCase.all)
    func cases(layerCase: LayerCase) throws {
        let verdict = try LayerComparison(layerCase.layers).verdict()
        guard case .same = verdict else {
            Issue.record("\(layerCase.name): \(verdict)")
            return
        }
    }

    @Test(
        "umoci makes the same tree of files that become folders, where its version can",
        arguments: LayerCase.filesBelowFiles)
    func filesBelowFiles(layerCase: LayerCase) throws {
        switch try LayerComparison(layerCase.layers).verdict() {
        case .same: break
        // Versions before 0.5; overlayfs judges below.
        case .onlyUmociRefuses(let text) where text.contains("not a directory"): break
        case let verdict: Issue.record("\(layerCase.name): \(verdict)")
        }
    }

    @Test("umoci makes the same tree of random layers", arguments: [TestSeed.value])
    func random(seed: UInt64) throws {
        var generator = LayerGenerator(seed: seed)
        // Refused layers do not count.
        let judged = 30
        var same = 0
        var round = 0
        while same < judged && round < 10 * judged {
            round += 1
            let layers = generator.layers()
            let verdict = try LayerComparison(layers).verdict()
            if case .same = verdict {
                same += 1
            } else if !Self.isExpected(verdict) {
                Issue.record("seed \(seed), round \(round): \(verdict)\n\(LayerGenerator.text(layers))")
            }
        }
        #expect(same == judged, "seed \(seed): hardly any layers were judged")
    }

    /// Refusals of the same entry or for the same reason, since umoci does not take the entries in their order, and
    /// those of what umoci's version cannot do.
    private static func isExpected(_ verdict: LayerComparison.Verdict) -> Bool {
        switch verdict {
        case .bothRefuse(let ours, let theirs):
            let our = ours.firstMatch(of: /entry "([^"]+)"/)?.1
            let their = theirs.firstMatch(of: /unpack entry: ([^:]+):/)?.1
            let areLoops = ours.contains("form a loop") && theirs.contains("too many levels")
            let areMissing = ours.contains("which does not exist") && theirs.contains("no such file")
            return needsNewerUmoci(theirs) || areLoops || areMissing || our != nil && our == their
        case .onlyUmociRefuses(let text): return needsNewerUmoci(text)
        case .same: return true
        case .different: return false
        }
    }

    /// True for what umoci refuses before version 0.5: files that become directories.
    private static func needsNewerUmoci(_ refusal: String) -> Bool { refusal.contains("not a directory") }
}

/// The kernel's overlayfs judges what layers mean that are pictures of trees.
@Suite(.enabled(if: OverlayMerge.isPossible, "overlayfs, as root"))
struct OverlaySemanticsTests {
    @Test(
        "overlayfs makes the same tree of files that become directories", arguments: LayerCase.filesBelowFiles
    )
    func filesBelowFiles(layerCase: LayerCase) throws {
        let verdict = try LayerComparison(layerCase.layers).verdict(byOverlayOf: layerCase.layers)
        guard case .same = verdict else {
            Issue.record("\(layerCase.name): \(verdict)")
            return
        }
    }

    @Test("overlayfs makes the same tree of random layers", arguments: [TestSeed.value])
    func random(seed: UInt64) throws {
        var generator = LayerGenerator(seed: seed)
        for round in 0..<60 {
            let layers = generator.pictures()
            let verdict = try LayerComparison(layers).verdict(byOverlayOf: layers)
            guard case .same = verdict else {
                Issue.record("seed \(seed), round \(round): \(verdict)\n\(LayerGenerator.text(layers))")
                return
            }
        }
    }
}
