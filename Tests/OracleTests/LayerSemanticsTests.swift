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

    @Test("umoci makes the same tree of random layers", arguments: [UInt64.random(in: 0 ... .max)])
    func random(seed: UInt64) throws {
        var generator = LayerGenerator(seed: seed)
        let rounds = 40
        var same = 0
        for round in 0..<rounds {
            let layers = generator.layers()
            switch try LayerComparison(layers).verdict() {
            case .same: same += 1
            // umoci walks links that lead nowhere even where there is nothing to hide.
            case .bothRefuse, .onlyUmociRefuses: break
            case .different(let lines):
                Issue.record("seed \(seed), round \(round):\n\(lines)\n\(LayerGenerator.text(layers))")
            }
        }
        #expect(same > rounds / 4, "seed \(seed): hardly any layers were judged")
    }
}
