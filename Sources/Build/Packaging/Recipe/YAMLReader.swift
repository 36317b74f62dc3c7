internal import KitConfig
internal import Yams

/// Reads a YAML node tree into typed values and remembers every problem with its position.
final class YAMLReader {
    let file: String
    private(set) var problems: [RecipeProblem] = []

    init(file: String) { self.file = file }

    /// The document's root node; nil for an empty document or one that is no YAML, which is then a problem.
    func compose(_ text: String) -> Node? {
        do { return try Yams.compose(yaml: text) } catch let error as YamlError {
            report(error)
        } catch {
            problems.append(RecipeProblem(position: start, message: "\(error)"))
        }
        return nil
    }

    private var start: SourcePosition { SourcePosition(file: file, line: 1, column: 1) }

    private func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            problems.append(RecipeProblem(position: position(mark), message: problem))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().map { "`\($0)`" }.joined(separator: ", ")
            problems.append(
                RecipeProblem(position: position(context.mark), message: "\(names) is there more than once"))
        default: problems.append(RecipeProblem(position: start, message: "not a YAML file: \(error)"))
        }
    }

    private func position(_ mark: Mark) -> SourcePosition {
        SourcePosition(file: file, line: max(1, mark.line), column: max(1, mark.column))
    }

    func position(of node: Node) -> SourcePosition { node.mark.map(position) ?? start }

    func report(line: Int, column: Int, _ message: String) {
        let position = SourcePosition(file: file, line: line, column: column)
        problems.append(RecipeProblem(position: position, message: message))
    }

    func report(_ node: Node, _ message: String) {
        problems.append(RecipeProblem(position: position(of: node), message: message))
    }

    /// The values of a mapping by key; keys that `known` lacks are problems, null values are left out.
    func mapping(_ node: Node, of what: String, known: [String]) -> [String: Node] {
        guard case .mapping(let mapping) = node else {
            report(node, "`\(what)` must be a mapping of \(known.map { "`\($0)`" }.joined(separator: ", "))")
            return [:]
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.string, known.contains(name) else {
                let name = key.string ?? "?"
                let hint = NearestKey.find(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
                report(key, "unknown key `\(name)` in `\(what)`\(hint)")
                continue
            }
            if value.null == nil { values[name] = value }
        }
        return values
    }

    func list(_ node: Node?, of what: String) -> [Node] {
        guard let node else { return [] }
        guard case .sequence(let items) = node else {
            report(node, "`\(what)` must be a list")
            return []
        }
        return Array(items)
    }

    /// Any scalar, as written: a version `1.10` stays `1.10`.
    func string(_ node: Node?, of what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node else {
            report(node, "`\(what)` must be a text")
            return nil
        }
        return scalar.string
    }

    func strings(_ node: Node?, of what: String) -> [String] {
        list(node, of: what).compactMap { string($0, of: what) }
    }

    func bool(_ node: Node?, of what: String) -> Bool? {
        guard let node, let text = string(node, of: what) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            report(node, "`\(what)` must be true or false, not `\(text)`")
            return nil
        }
    }

    /// A user or group number.
    func id(_ node: Node?, of what: String) -> UInt32? {
        guard let node, let text = string(node, of: what) else { return nil }
        guard let value = UInt32(text), value <= UInt32(Int32.max) else {
            report(node, "`\(what)` must be a number from 0 to \(Int32.max), not `\(text)`")
            return nil
        }
        return value
    }

    /// Permissions: always octal, with or without a leading `0` or `0o`.
    func mode(_ node: Node?, of what: String) -> UInt16? {
        guard let node, let text = string(node, of: what) else { return nil }
        let digits = text.hasPrefix("0o") ? String(text.dropFirst(2)) : text
        guard let value = UInt16(digits, radix: 8), value <= 0o7777 else {
            report(node, "`\(what)` must be octal permissions up to 7777, not `\(text)`")
            return nil
        }
        return value
    }
}
