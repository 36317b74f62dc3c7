import KitConfig
import TestSupport
import Testing

/// LinuxKit's own texts of the configurations in `../shared/conformance`.
@Suite(
    "Configurations as LinuxKit shows them",
    .enabled(if: Conformance.isPresent && Tool.available("zstd", "bsdtar")))
struct GoldenTextTests {
    private func edge(_ name: String, _ files: [String] = ["kit.yml"]) throws -> Kit {
        let sources = try files.map {
            KitSource(name: $0, text: try Goldens.input("edge/cases/\(name)/\($0)"))
        }
        return try KitLoader().load(sources).kit
    }

    /// `redis` as LinuxKit expands it; enough for the names that occur here.
    private func expand(_ image: ImageName) -> ImageName {
        let slashes = image.text.split(separator: "/").count
        let name = slashes == 1 ? "docker.io/library/\(image.text)" : "docker.io/\(image.text)"
        return ImageName(image.text.contains(":") ? name : name + ":latest")
    }

    @Test("--dry-run prints go-yaml v3")
    func dryRun() throws {
        let golden = try Goldens.shared.bytes("edge/dry-run.out")
        #expect(text(try edge("dry-run").yaml(.v3)) + "\n" == text(golden))
    }

    @Test("--dry-run shows appended files as one")
    func dryRunAppended() throws {
        let golden = try Goldens.shared.bytes("edge/dry-run-appended.out")
        let kit = try edge("dry-run-appended", ["one.yml", "two.yml"])
        #expect(text(kit.yaml(.v3)) + "\n" == text(golden))
    }

    @Test("metadata: yaml is go-yaml v2, metadata: json is MarshalIndent, both with expanded images")
    func metadata() throws {
        let kit = try edge("metadata").mappingImages(expand)
        #expect(text(kit.yaml(.v2)) == text(try Goldens.shared.member("m.yml", of: "edge/metadata.out")))
        #expect(text(kit.json()) == text(try Goldens.shared.member("m.json", of: "edge/metadata.out")))
    }

    @Test("metadata of appended files")
    func appendedMetadata() throws {
        let kit = try edge("appended", ["one.yml", "two.yml"]).mappingImages(expand)
        #expect(text(kit.yaml(.v2)) == text(try Goldens.shared.member("etc/kit", of: "edge/appended.out")))
    }

    @Test(
        "metadata of LinuxKit's published kits",
        arguments: [
            "linuxkit", "examples_volumes", "test_cases_000_build_010_reproducible_test",
            "test_cases_000_build_060_input_tar_010_same_filename_test",
        ])
    func publishedMetadata(_ name: String) throws {
        let source = KitSource(name: name, text: try Goldens.input("yml/\(name).yml"))
        let kit = try KitLoader().load([source]).kit.mappingImages(expand)
        let golden = try Goldens.shared.member("etc/linuxkit-config", of: "kits/\(name).tar")
        #expect(text(kit.yaml(.v2)) == text(golden))
    }

    @Test("Every published kit and every edge case is read", arguments: Goldens.inputs("yml"))
    func published(_ name: String) throws {
        let source = KitSource(name: name, text: try Goldens.input("yml/\(name)"))
        _ = try KitLoader().load([source])
    }
}
