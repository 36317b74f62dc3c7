import Foundation
import KitConfig
import Packaging
import TestSupport
import Testing

/// The packages and examples that come with the project.
@Suite struct ProjectPackagesTests {
    private static let root = Conformance.root

    private static func names(_ directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(directory)")) ?? []).sorted()
    }

    @Test func everyPackageHasARecipe() throws {
        let names = Self.names("packages").filter { !$0.contains(".") }
        #expect(names.contains("kernel") && names.contains("init"))
        for name in names {
            let package = try PackageDirectory("\(Self.root)/packages/\(name)")
            #expect(package.recipe.contents != nil, "\(name)")
        }
    }

    @Test func everyExampleIsAValidKit() throws {
        let names = Self.names("examples").filter { $0.hasSuffix(".yml") }
        #expect(names.contains("demo.yml"))
        for name in names {
            let path = "\(Self.root)/examples/\(name)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            _ = try KitLoader().load([KitSource(name: path, text: text)])
        }
    }
}
