import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

@Suite(
    "Processes that pull into one cache are killed at random: the cache is whole in the end",
    .enabled(if: DockerRegistry.isAvailable && Skopeo.isAvailable, "needs docker-registry and skopeo"))
struct PullLoadTests {
    @Test("12 images of 5 layers, four processes, six kills")
    func sample() async throws {
        try await run(
            PullLoad(images: 12, layers: 5, layerSize: 8_000, processes: 4, kills: 6, seed: TestSeed.value))
    }

    @Test(
        "200 images of 20 layers, eight processes, fifty kills",
        .enabled(if: HostEnvironment.variable("IDENTIKIT_SOAK") != nil, "only where IDENTIKIT_SOAK is set"))
    func full() async throws {
        try await run(
            PullLoad(
                images: 200, layers: 20, layerSize: 20_000, processes: 8, kills: 50, seed: TestSeed.value))
    }

    private func run(_ load: PullLoad) async throws {
        print("IDENTIKIT_SEED=\(load.seed)")
        let figures = try await load.run()
        print("\(load.images) images of \(load.layers) layers, \(load.processes) processes: \(figures)")
        #expect(figures.kills == load.kills, "seed \(load.seed)")
    }
}

extension LayoutBuilder {
    func image(named name: String) throws -> Image {
        try layout.image(try ImageReference(name), platform: Platform(architecture: "amd64"))
    }
}
