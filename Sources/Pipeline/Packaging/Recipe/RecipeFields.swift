internal import KitConfig

/// Reads nodes of a recipe into typed values and remembers every problem with its place.
final class RecipeFields {
    private(set) var problems: [KitProblem]

    /// `found`: what was wrong with the document itself.
    init(found: [KitProblem]) { problems = found }

    func report(_ node: ConfigNode, _ message: String) { report(message, at: node.location) }

    private func report(_ message: String, at location: SourceLocation) {
        problems.append(KitProblem(location: location, path: "", message: message))
    }

    /// A problem that was found in the section `section`.
    func report(_ problem: KitProblem, below section: String) {
        var problem = problem
        problem.path = problem.path.isEmpty ? section : "\(section).\(problem.path)"
        problems.append(problem)
    }

    /// The values of a mapping by key; keys that are not in `known` are problems, null values are left out.
    func mapping(_ node: ConfigNode, of what: String, known: [String]) -> [String: ConfigNode] {
        guard case .mapping(let pairs) = node.content else {
            report(node, "`\(what)` must be a mapping of \(known.map { "`\($0)`" }.joined(separator: ", "))")
            return [:]
        }
        var values: [String: ConfigNode] = [:]
        for pair in pairs {
            guard known.contains(pair.key) else {
                let hint = NearestKey.find(pair.key, among: known).map { "; did you mean `\($0)`?" } ?? ""
                report("unknown key `\(pair.key)` in `\(what)`\(hint)", at: pair.keyLocation)
                continue
            }
            if !pair.value.isNull { values[pair.key] = pair.value }
        }
        return values
    }

    func list(_ node: ConfigNode?, of what: String) -> [ConfigNode] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.content else {
            report(node, "`\(what)` must be a list")
            return []
        }
        return items
    }

    /// Any scalar, as written: a version `1.10` stays `1.10`.
    func string(_ node: ConfigNode?, of what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node.content else {
            report(node, "`\(what)` must be a text")
            return nil
        }
        return scalar.text
    }

    func strings(_ node: ConfigNode?, of what: String) -> [String] {
        list(node, of: what).compactMap { string($0, of: what) }
    }

    func bool(_ node: ConfigNode?, of what: String) -> Bool? {
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
    func id(_ node: ConfigNode?, of what: String) -> UInt32? {
        guard let node, let text = string(node, of: what) else { return nil }
        guard let value = UInt32(text), value <= UInt32(Int32.max) else {
            report(node, "`\(what)` must be a number from 0 to \(Int32.max), not `\(text)`")
            return nil
        }
        return value
    }

    /// Permissions: always octal, with or without a leading `0` or `0o`.
    func mode(_ node: ConfigNode?, of what: String) -> UInt16? {
        guard let node, let text = string(node, of: what) else { return nil }
        guard let value = OctalText.value(text, upTo: 0o7777) else {
            report(node, "`\(what)` must be octal permissions up to 7777, not `\(text)`")
            return nil
        }
        return UInt16(value)
    }
}
