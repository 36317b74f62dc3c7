/// A bind mount, written as `source:destination[:options]` in `binds`.
public struct Bind: Hashable, Sendable {
    public var source: String
    public var destination: String
    /// The mount options; `nil` if omitted.
    public var options: [String]?

    public init(parsing text: String) throws(RuleViolation) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count) else {
            throw RuleViolation("expected source:destination[:options], found \(ConfigNode.quote(text))")
        }
        source = parts[0]
        destination = parts[1]
        options = parts.count == 3 ? parts[2].commaSeparated : nil
    }
}

/// A temporary file system, written as `destination[:options]` in `tmpfs`.
public struct TmpfsMount: Hashable, Sendable {
    public var destination: String
    public var options: [String]

    public init(parsing text: String) throws(RuleViolation) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else {
            throw RuleViolation("expected destination[:options], found \(ConfigNode.quote(text))")
        }
        destination = parts[0]
        options = parts.count == 2 ? parts[1].commaSeparated : []
    }
}

extension String {
    /// Splits like Go's `strings.Split`: an empty text gives one empty part.
    fileprivate var commaSeparated: [String] {
        split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
