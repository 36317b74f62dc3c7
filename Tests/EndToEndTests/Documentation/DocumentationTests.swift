import Foundation
import Host
import NetworkSupport
import TestSupport
import Testing

@Suite("The commands that the documentation shows work")
struct DocumentationTests {
    @Test("Every block is fenced and has a language", arguments: DocumentBlock.pages)
    func fences(_ page: String) throws {
        let (blocks, indented) = try DocumentBlock.read(page)
        #expect(indented == [], "\(page): blocks that are indented instead of fenced, in these lines")
        let languages = Set(blocks.map(\.language))
        #expect(
            languages.isSubset(of: ["sh", "console", "yaml", "json", "swift", "text"]),
            "\(page): \(languages)")
        for block in blocks {
            if case .skipped(let reason) = block.treatment {
                #expect(reason.count > 10, "\(block): why not?")
            }
        }
    }

    @Test("What others run stands in their scripts", arguments: DocumentBlock.pages)
    func runByOthers(_ page: String) throws {
        for block in try DocumentBlock.read(page).blocks {
            guard case .runBy(let file) = block.treatment else { continue }
            let script = try String(contentsOfFile: "\(Conformance.root)/\(file)", encoding: .utf8)
            for line in block.text {
                let command = line.split(separator: " #").first.map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                guard let command, !command.isEmpty else { continue }
                #expect(script.contains(command), "\(block): \(file) does not run: \(command)")
            }
        }
    }

    @Test(
        "Commands run, and print what the page says",
        .enabled(if: DockerRegistry.isAvailable && Tool.available("openssl", "git")),
        arguments: DocumentBlock.pages)
    func commands(_ page: String) async throws {
        let blocks = try DocumentBlock.read(page).blocks.filter { block in
            if case .file = block.treatment { return true }
            return block.isCommands && block.treatment == .run
        }
        guard blocks.contains(where: \.isCommands) else { return }
        let sandbox = try await DocumentSandbox()
        for block in blocks {
            if case .file(let name) = block.treatment {
                try sandbox.write(name, block.text)
                continue
            }
            for step in block.steps { try check(step, of: block, in: sandbox) }
        }
    }

    private func check(
        _ step: DocumentBlock.Step, of block: DocumentBlock, in sandbox: DocumentSandbox
    ) throws {
        let result = try sandbox.run(step.command)
        let printed = sandbox.shown(result.outputText)
        guard let expected = step.output else {
            #expect(result.status == 0, "\(block): \(step.command)\n\(printed)")
            return
        }
        let lines = printed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let actual = Array(lines.dropLast(lines.last == "" ? 1 : 0))
        #expect(
            Self.matches(actual[...], expected[...]),
            "\(block): \(step.command)\nthe page says:\n\(expected.joined(separator: "\n"))\nit printed:\n\(printed)"
        )
    }

    /// `…` on a line of its own stands for any lines, within a line for any characters.
    static func matches(_ actual: ArraySlice<String>, _ expected: ArraySlice<String>) -> Bool {
        guard let first = expected.first else { return actual.isEmpty }
        if first == "…" {
            return (actual.startIndex...actual.endIndex).contains {
                matches(actual[$0...], expected.dropFirst())
            }
        }
        guard let line = actual.first, lineMatches(line, first) else { return false }
        return matches(actual.dropFirst(), expected.dropFirst())
    }

    private static func lineMatches(_ line: String, _ pattern: String) -> Bool {
        let parts = pattern.components(separatedBy: "…")
        guard parts.count > 1 else { return line == pattern }
        var rest = line[...]
        guard let head = parts.first, rest.hasPrefix(head) else { return false }
        rest = rest.dropFirst(head.count)
        for part in parts.dropFirst().dropLast() {
            guard let found = rest.range(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts.last ?? "")
    }

    @Test("Three dots stand for what differs")
    func dots() {
        #expect(Self.matches(["1a2b  13 MiB  x", "y"], ["1a…  x", "y"]))
        #expect(Self.matches(["a", "b", "c"], ["a", "…", "c"]))
        #expect(!Self.matches(["a", "b"], ["a"]))
        #expect(!Self.matches(["ab"], ["a"]))
    }
}
