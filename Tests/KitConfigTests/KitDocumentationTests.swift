import Foundation
import KitConfig
import TestSupport
import Testing

@Suite("Docs/kit.md shows every field")
struct KitDocumentationTests {
    private let path = "\(Conformance.root)/Docs/kit.md"

    @Test("The tables are those of the fields that the loader knows")
    func tables() throws {
        let document = try String(contentsOfFile: path, encoding: .utf8)
        let introduction = document.range(of: "\n## ").map { document[..<$0.lowerBound] } ?? document[...]
        let current = introduction.trimmingCharacters(in: .newlines) + "\n\n" + sections()
        if ProcessInfo.processInfo.environment["IDENTIKIT_UPDATE_GOLDEN"] == "1" {
            try Data(current.utf8).write(to: URL(fileURLWithPath: path))
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == current)
    }

    @Test("Every field says what it is for, in a sentence")
    func summaries() {
        func visit(_ fields: [FieldSummary], _ parent: String) {
            for field in fields {
                #expect(field.summary.hasSuffix("."), "\(parent)\(field.key)")
                visit(field.nested, "\(parent)\(field.key).")
            }
        }
        visit(Kit.fieldSummaries, "")
    }

    /// One section a mapping, each where it is first named; containers are described once.
    private func sections() -> String {
        var text = "## The file\n\n" + table(Kit.fieldSummaries)
        var described: Set<[FieldSummary]> = []
        var waiting = Kit.fieldSummaries.map { (field: $0, name: $0.key) }
        while !waiting.isEmpty {
            let (field, name) = waiting.removeFirst()
            guard !field.nested.isEmpty, described.insert(field.nested).inserted else { continue }
            let isContainer = name == "onboot"
            let heading = isContainer ? "`onboot`, `onshutdown`, `services`" : "`\(name)`"
            text += "\n## \(heading)\n\n" + table(field.nested)
            waiting = field.nested.map { ($0, isContainer ? $0.key : "\(name).\($0.key)") } + waiting
        }
        return text
    }

    private func table(_ fields: [FieldSummary]) -> String {
        let rows = fields.map { field in
            let names = ([field.key] + field.aliases).map { "`\($0)`" }.joined(separator: ", ")
            let shape = field.shape + (field.isRequired ? ", required" : "")
            return "| \(names) | \(shape) | \(field.summary) |\n"
        }
        return "| field | what it is | what for |\n|---|---|---|\n" + rows.joined()
    }
}
