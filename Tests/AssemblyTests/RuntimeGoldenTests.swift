import Assembly
import Bytes
import KitConfig
import OCI
import TestSupport
import Testing

/// Every `config.json` and `runtime.json` in LinuxKit's own outputs.
@Suite(
    "Bundles are configured as LinuxKit does",
    .enabled(if: Conformance.isPresent && Tool.available("zstd", "bsdtar")))
struct RuntimeGoldenTests {
    @Test("Published kits", arguments: Goldens.inputs("yml"))
    func published(_ file: String) throws {
        let name = String(file.dropLast(".yml".count))
        let sources = [KitSource(name: file, text: try Goldens.input("yml/\(file)"))]
        try compare(sources, layout: "layout", architecture: "amd64", golden: "kits/\(name).tar")
    }

    @Test("Edge cases", arguments: Goldens.inputs("edge/cases").filter { !$0.hasPrefix("dry-run") })
    func edge(_ name: String) throws {
        let directory = "edge/cases/\(name)"
        let arguments = String(decoding: try Goldens.input("\(directory)/args"), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).map(String.init)
        let sources = try arguments.filter { $0.hasSuffix(".yml") }.map {
            KitSource(name: $0, text: try Goldens.input("\(directory)/\($0)"))
        }
        try compare(
            sources, layout: "edge/layout", architecture: arguments.contains("arm64") ? "arm64" : "amd64",
            golden: "edge/\(name).out")
    }

    private func compare(_ sources: [KitSource], layout: String, architecture: String, golden: String) throws
    {
        let kit = try KitLoader().load(sources).kit
        let layout = try ImageLayout(opening: "\(Conformance.directory)/\(layout)")
        var bundles = Bundles(kit: kit, layout: layout, platform: Platform(architecture: architecture))
        for (index, container) in kit.onboot.enumerated() {
            try bundles.add(container, "containers/onboot/\(Bundles.digits(index))-\(container.name)")
        }
        for (index, container) in kit.onshutdown.enumerated() {
            try bundles.add(container, "containers/onshutdown/\(Bundles.digits(index))-\(container.name)")
        }
        for container in kit.services { try bundles.add(container, "containers/services/\(container.name)") }

        let members = try Goldens.shared.members(endingWith: ["/config.json", "/runtime.json"], of: golden)
        #expect(bundles.files.keys.sorted() == members.keys.sorted())
        for (name, expected) in members {
            let written = bundles.files[name] ?? []
            #expect(
                String(decoding: written, as: UTF8.self) == String(decoding: expected, as: UTF8.self),
                "\(name)")
        }
    }

    /// Bundles one after the other, an image unpacked once.
    private struct Bundles {
        let kit: Kit
        let layout: ImageLayout
        let platform: Platform
        var files: [String: [UInt8]] = [:]
        private var roots: [String: String] = [:]

        init(kit: Kit, layout: ImageLayout, platform: Platform) {
            self.kit = kit
            self.layout = layout
            self.platform = platform
        }

        static func digits(_ index: Int) -> String { String("00\(index)".suffix(3)) }

        mutating func add(_ container: ContainerConfig, _ bundle: String) throws {
            let reference = try ImageReference(container.image.text)
            let image = try layout.image(reference, platform: platform)
            let specification = try ContainerSpecification(
                container, of: kit, image: image.configuration.config, ids: kit.containerIDs)
            let root =
                roots[reference.description] ?? "\(bundle)/\(specification.isReadOnly ? "rootfs" : "lower")"
            roots[reference.description] = root
            files["\(bundle)/config.json"] = specification.config
            files["\(bundle)/runtime.json"] = specification.runtime(bundle: bundle, root: root)
        }
    }
}
