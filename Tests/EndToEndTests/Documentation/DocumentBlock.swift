import Foundation
import TestSupport

/// A fenced block of a Markdown page, with what the comment before it says about running it.
struct DocumentBlock: CustomStringConvertible, Sendable {
    enum Treatment: Equatable, Sendable {
        /// Run in the page's sandbox.
        case run
        /// `<!-- not run: REASON -->`
        case skipped(reason: String)
        /// `<!-- run by FILE -->`: every command stands in that file of the project, which continuous integration runs.
        case runBy(file: String)
        /// `<!-- file: NAME -->`: written into the sandbox, for the commands that follow.
        case file(name: String)
    }

    let page: String
    /// Of the fence, from 1.
    let line: Int
    let language: String
    let text: [String]
    let treatment: Treatment

    var description: String { "\(page):\(line)" }
    var isCommands: Bool { language == "sh" || language == "console" }

    /// The pages that people read, below the project's root.
    static let pages: [String] = {
        let below = (try? FileManager.default.subpathsOfDirectory(atPath: "\(Conformance.root)/Docs")) ?? []
        return ["README.md", "CONTRIBUTING.md"]
            + below.filter { $0.hasSuffix(".md") }.map { "Docs/\($0)" }.sorted()
    }()

    /// The page's fenced blocks, and the lines of blocks that are indented instead, which this project doesn't use.
    static func read(_ page: String) throws -> (blocks: [DocumentBlock], indented: [Int]) {
        let text = try String(contentsOfFile: "\(Conformance.root)/\(page)", encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var blocks: [DocumentBlock] = []
        var indented: [Int] = []
        var marker: String?
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line.hasPrefix("```") {
                let end = lines[(index + 1)...].firstIndex { $0.hasPrefix("```") } ?? lines.count
                blocks.append(
                    DocumentBlock(
                        page: page, line: index + 1, language: String(line.dropFirst(3)),
                        text: Array(lines[(index + 1)..<end]), treatment: try treatment(marker, page, index)))
                index = end + 1
                marker = nil
                continue
            }
            let isAfterText = index > 0 && !lines[index - 1].isEmpty
            if line.hasPrefix("    "), !isAfterText { indented.append(index + 1) }
            if line.hasPrefix("<!-- ") { marker = line } else if !line.isEmpty { marker = nil }
            index += 1
        }
        return (blocks, indented)
    }

    private struct UnknownMarker: Error { let place: String }

    private static func treatment(_ marker: String?, _ page: String, _ index: Int) throws -> Treatment {
        guard let marker, let end = marker.range(of: " -->") else { return .run }
        let text = marker[..<end.lowerBound].dropFirst("<!-- ".count)
        for (prefix, make) in [
            ("not run: ", Treatment.skipped(reason:)), ("run by ", Treatment.runBy(file:)),
            ("file: ", Treatment.file(name:)),
        ] where text.hasPrefix(prefix) {
            return make(String(text.dropFirst(prefix.count)))
        }
        throw UnknownMarker(place: "\(page):\(index): \(marker)")
    }
}

extension DocumentBlock {
    /// One command of a `console` block, with what the page says it prints; a `sh` block is one without output.
    struct Step {
        var command: String
        var output: [String]?
    }

    var steps: [Step] {
        guard language == "console" else { return [Step(command: text.joined(separator: "\n"), output: nil)] }
        var steps: [Step] = []
        var heredocEnd: String?
        for line in text {
            if let end = heredocEnd {
                steps[steps.count - 1].command += "\n\(line)"
                if line == end { heredocEnd = nil }
            } else if line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2)), output: []))
                heredocEnd = line.firstRange(of: "<<'").map { mark in
                    String(line[mark.upperBound...].prefix { $0 != "'" })
                }
            } else if !steps.isEmpty {
                steps[steps.count - 1].output?.append(line)
            }
        }
        return steps
    }
}
