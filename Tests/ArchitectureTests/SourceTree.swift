import Foundation

/// The project's sources as text.
struct SourceFile {
    /// Relative to the project's root.
    let path: String
    let lines: [String]

    /// The module that the file belongs to: `Sources/<layer>/<module>/…`.
    var layer: String { String(path.split(separator: "/")[1]) }
    var module: String { String(path.split(separator: "/")[2]) }

    /// Modules named by import declarations, with the line number of each.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            var words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            if let first = words.first, ["public", "internal", "package", "private"].contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", var name = words.dropFirst().last else { return nil }
            if let dot = name.firstIndex(of: ".") { name = name[..<dot] }
            return (module: String(name), line: index + 1)
        }
    }

    static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// Every Swift file below a directory of the project, sorted by path.
    static func all(below directory: String = "Sources") throws -> [SourceFile] {
        guard
            let walk = FileManager.default.enumerator(
                atPath: root.appendingPathComponent(directory).path)
        else { return [] }
        let names = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
        return try names.map { name in
            let text = try String(
                contentsOf: root.appendingPathComponent("\(directory)/\(name)"), encoding: .utf8)
            return SourceFile(
                path: "\(directory)/\(name)",
                lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
    }
}
