import Testing

/// What a layer may import, as Docs/ARCHITECTURE.md says.
struct Layer {
    let name: String
    /// Layers whose modules may be imported, besides those of `modules`.
    let layers: Set<String>
    /// Single modules that may be imported.
    var modules: Set<String> = []
    /// True if Foundation, Glibc and other libraries are allowed: they reach the clock, the environment
    /// and the file system, which is Host's to do.
    var system = true
}

let layers = [
    Layer(
        name: "Core", layers: ["Core", "System"], modules: ["Dispatch", "Synchronization"], system: false),
    Layer(name: "Formats", layers: ["Core"], modules: ["Synchronization"], system: false),
    Layer(name: "Host", layers: ["Core", "System"], modules: ["Host"]),
    Layer(
        name: "Images", layers: ["Core", "Images", "Host"], modules: ["Tar", "Synchronization"], system: false
    ),
    Layer(
        name: "Pipeline", layers: ["Core", "Formats", "Images", "Pipeline", "Host"],
        modules: ["Synchronization", "CYaml"], system: false),
    Layer(
        name: "Library", layers: ["Core", "Images", "Pipeline", "Host"], system: false),
    Layer(name: "Proof", layers: ["Core", "Formats", "Images", "Pipeline", "Host", "Proof"], system: false),
    Layer(
        name: "CLI", layers: ["Core", "Formats", "Images", "Pipeline", "Host", "Proof"],
        modules: ["ArgumentParser", "Synchronization"], system: false),
]

/// Libraries that one module wraps for all others.
let wrapped = [
    "Crypto": ["Digests", "Signing"]
]

@Suite struct LayerTests {
    @Test func noLayerImportsWhatItMustNot() throws {
        let files = try SourceFile.all()
        #expect(files.count > 20, "the walk over Sources found too little to judge")
        var layerOf: [String: String] = [:]
        for file in files { layerOf[file.module] = file.layer }
        for name in ["CZlib", "CZstd", "CLzma", "CLz4", "CYaml", "CProcess", "CCurl", "CIsal"] {
            layerOf[name] = "System"
        }
        for file in files {
            let layer = try #require(
                layers.first { $0.name == file.layer }, "\(file.path): no rule for layer \(file.layer)")
            for (module, line) in file.imports where module != "Swift" {
                let allowed =
                    if let importedLayer = layerOf[module] {
                        layer.layers.contains(importedLayer) || layer.modules.contains(module)
                    } else {
                        wrapped[module]?.contains(file.module) ?? layer.system
                            || layer.modules.contains(module)
                    }
                #expect(allowed, "\(file.path):\(line): \(file.layer) must not import \(module)")
            }
        }
    }

    @Test func formatsDoNotImportEachOther() throws {
        let files = try SourceFile.all()
        let formats = Set(files.filter { $0.layer == "Formats" }.map(\.module))
        for file in files where file.layer == "Formats" {
            for (module, line) in file.imports where module != file.module {
                #expect(!formats.contains(module), "\(file.path):\(line): imports the format \(module)")
            }
        }
    }

    /// Libraries fit for one place only stay there.
    @Test func librariesStayInTheirPlace() throws {
        let places = [
            "ArgumentParser": ["CLI"], "CYaml": ["Pipeline"], "Crypto": ["Core"], "CCurl": ["Host"],
            // In tests alone.
            "NIOCore": [], "NIOPosix": [], "NIOHTTP1": [], "NIOSSL": [], "AsyncHTTPClient": [],
        ]
        for file in try SourceFile.all() {
            for (module, line) in file.imports {
                guard let allowed = places[module] else { continue }
                #expect(allowed.contains(file.layer), "\(file.path):\(line): \(module) belongs to \(allowed)")
            }
        }
    }
}
