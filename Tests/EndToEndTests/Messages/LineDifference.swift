/// Two texts, line by line, for people.
enum LineDifference {
    /// The lines taken away and added, each with its number, the first `limit` of them; empty if there are none.
    static func text(from old: String, to new: String, limit: Int = 60) -> String {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var changes: [(line: Int, order: Int, text: String)] = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let line, let text, _): changes.append((line + 1, 0, "- \(line + 1): \(text)"))
            case .insert(let line, let text, _): changes.append((line + 1, 1, "+ \(line + 1): \(text)"))
            }
        }
        changes.sort { ($0.line, $0.order) < ($1.line, $1.order) }
        let shown = changes.prefix(limit).map(\.text).joined(separator: "\n")
        return changes.count > limit ? "\(shown)\nand \(changes.count - limit) more lines" : shown
    }
}
