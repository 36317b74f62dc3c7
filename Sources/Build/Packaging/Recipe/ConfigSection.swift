internal import KitConfig
internal import Yams

/// The `config:` section: defaults for whoever runs the image, in the fields of LinuxKit's YAML.
enum ConfigSection {
    /// The text of the label `org.mobyproject.config`; problems are reported at their places in the file.
    ///
    /// The section is read as a document of its own, moved to where it stands in `text`.
    static func label(_ node: Node, in root: Node, text: String, yaml: YAMLReader) -> String? {
        guard let start = node.mark else { return nil }
        let end = nextKeyLine(after: start.line, in: root) ?? Int.max
        let source = KitSource(name: yaml.file, text: Self.text(text, from: start, to: end))
        do throws(KitProblems) {
            return String(decoding: try ContainerConfig(label: source).label, as: UTF8.self)
        } catch {
            for problem in error.problems {
                let prefix = problem.path.isEmpty ? "config" : "config.\(problem.path)"
                yaml.report(
                    line: problem.location.line, column: problem.location.column,
                    "\(prefix): \(problem.message)")
            }
            return nil
        }
    }

    private static func nextKeyLine(after line: Int, in root: Node) -> Int? {
        guard case .mapping(let mapping) = root else { return nil }
        return mapping.compactMap { $0.key.mark?.line }.filter { $0 > line }.min()
    }

    /// Lines `start ..< end` at their places: empty lines before, blanks before the first one's start.
    private static func text(_ text: String, from start: Mark, to end: Int) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        var result: [String] = []
        for (index, line) in lines.enumerated() where index + 1 < end {
            if index + 1 < start.line {
                result.append("")
            } else if index + 1 == start.line {
                let rest = line.unicodeScalars.dropFirst(start.column - 1)
                result.append(String(repeating: " ", count: start.column - 1) + String(rest))
            } else {
                result.append(String(line))
            }
        }
        return result.joined(separator: "\n") + "\n"
    }
}
