import Foundation
import Testing

/// A row of the list of modules in Package.swift.
private struct DeclaredModule {
    let layer: String
    let name: String
    let dependencies: [String]
    let testDependencies: [String]

    /// Every row; products of packages are named as they are imported.
    static func all() throws -> [DeclaredModule] {
        let manifest = try String(
            contentsOf: SourceFile.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let products = Dictionary(
            uniqueKeysWithValues: manifest.matches(
                of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/
            ).map { (String($0.1), String($0.2)) })
        func names(_ list: Substring?) -> [String] {
            (list ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
                .filter { !$0.isEmpty }
                .map { products[$0] ?? $0.trimmingCharacters(in: ["\""]) }
        }
        return manifest.split(separator: "Module(").dropFirst().compactMap { row in
            guard let head = row.firstMatch(of: /^\s*layer: "(\w+)", name: "(\w+)"/) else { return nil }
            return DeclaredModule(
                layer: String(head.1), name: String(head.2),
                dependencies: names(row.firstMatch(of: /\bdependencies: \[([^\]]*)\]/)?.1),
                testDependencies: names(row.firstMatch(of: /\btestDependencies: \[([^\]]*)\]/)?.1))
        }
    }
}

/// The manifest says what is imported, no more and no less: what is declared is built first, and a module that is
/// imported without being declared is there by chance.
@Suite struct ManifestTests {
    @Test func everyModuleIsListed() throws {
        let declared = try DeclaredModule.all().map { "\($0.layer)/\($0.name)" }
        let written = Set(
            try SourceFile.all().filter { $0.layer != "CLI" }.map { "\($0.layer)/\($0.module)" })
        #expect(Set(declared) == written && declared.count == written.count)
    }

    @Test func dependenciesAreThoseThatAreImported() throws {
        let modules = try DeclaredModule.all()
        let files = try SourceFile.all()
        let known = Set(modules.map(\.name) + modules.flatMap(\.dependencies))
        for module in modules {
            let imported = Set(files.filter { $0.module == module.name }.flatMap { $0.imports.map(\.module) })
            for name in module.dependencies {
                #expect(imported.contains(name), "Package.swift: \(module.name) does not import \(name)")
            }
            for name in imported.intersection(known).sorted() {
                #expect(
                    module.dependencies.contains(name), "Package.swift: \(module.name) imports \(name)")
            }
        }
    }

    @Test func dependenciesOfTestsAreThoseThatAreImported() throws {
        let modules = try DeclaredModule.all()
        let files = try SourceFile.all(below: "Tests")
        let known = Set(modules.map(\.name) + modules.flatMap { $0.dependencies + $0.testDependencies })
        for module in modules {
            let directory = "Tests/\(module.name)Tests/"
            let imported = Set(
                files.filter { $0.path.hasPrefix(directory) }.flatMap { $0.imports.map(\.module) })
            for name in module.testDependencies {
                #expect(imported.contains(name), "Package.swift: \(directory) does not import \(name)")
                #expect(!module.dependencies.contains(name), "Package.swift: \(directory) has \(name) twice")
            }
            let declared = module.dependencies + module.testDependencies + [module.name]
            for name in imported.intersection(known).sorted() {
                #expect(declared.contains(name), "Package.swift: \(directory) imports \(name)")
            }
        }
    }

    @Test func versionsAreExact() throws {
        let manifest = try String(
            contentsOf: SourceFile.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let packages = manifest.split(separator: "\n").filter { $0.contains(".package(url:") }
        #expect(!packages.isEmpty)
        for line in packages { #expect(line.contains("exact:"), "\(line)") }
    }
}
