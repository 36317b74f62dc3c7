import Foundation
import Testing

@Suite("Docs/ARCHITECTURE.md")
struct MapTests {
    private static let directories: Set<Substring> = ["Sources", "Tests", "Docs", "scripts", "Benchmarks"]

    /// The paths that the page names as inline code; arguments after a script's path do not count.
    private static func paths() throws -> [String] {
        let page = try String(
            contentsOf: SourceFile.root.appendingPathComponent("Docs/ARCHITECTURE.md"), encoding: .utf8)
        // Every second piece of a text split at fences is inside one, and likewise for backquotes.
        let prose = everySecond(page.components(separatedBy: "```"), from: 0).joined()
        return everySecond(prose.components(separatedBy: "`"), from: 1)
            .compactMap { $0.split(separator: " ").first }
            .filter { $0.contains("/") && directories.contains($0.prefix { $0 != "/" }) }
            .map(String.init)
    }

    private static func everySecond(_ pieces: [String], from start: Int) -> [String] {
        stride(from: start, to: pieces.count, by: 2).map { pieces[$0] }
    }

    @Test("Every path that the map names exists")
    func pathsExist() throws {
        let paths = try Self.paths()
        #expect(paths.count > 20, "found too few paths to judge")
        for path in paths {
            let place = SourceFile.root.appendingPathComponent(path).path
            #expect(
                FileManager.default.fileExists(atPath: place), "\(path) is on the map, but not in the tree")
        }
    }

    @Test("Every module is on the map")
    func modulesAreListed() throws {
        let page = try String(
            contentsOf: SourceFile.root.appendingPathComponent("Docs/ARCHITECTURE.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `Sources/") }
        for layer in Set(try SourceFile.all().map(\.layer)) {
            let row = try #require(
                rows.first { $0.hasPrefix("| `Sources/\(layer)` |") }, "\(layer) is not on the map")
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let listed = Set(cells[1].components(separatedBy: ", "))
            let found = Set(try SourceFile.all().filter { $0.layer == layer }.map(\.module))
            #expect(found.subtracting(listed).isEmpty, "\(layer): not on the map")
        }
    }
}
