/// A resource limit, written as `name,soft,hard` in `rlimits`.
public struct ResourceLimit: Hashable, Sendable {
    /// The type, such as `RLIMIT_NOFILE`.
    public var type: String
    /// The limits; `UInt64.max` for unlimited.
    public var soft: UInt64
    public var hard: UInt64

    public static let types: [String] = [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS",
        "SIGPENDING",
        "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ].map { "RLIMIT_" + $0 }

    public init(parsing text: String) throws(RuleViolation) {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false).map(
            Self.trimmed)
        guard parts.count == 3 else {
            throw RuleViolation("expected name,soft,hard, found \(ConfigNode.quote(text))")
        }
        let name = parts[0].uppercased()
        type = name.hasPrefix("RLIMIT_") ? name : "RLIMIT_" + name
        guard Self.types.contains(type) else {
            let hint = NearestKey.find(type, among: Self.types).map { ", did you mean \"\($0)\"?" } ?? ""
            throw RuleViolation("unknown limit \(ConfigNode.quote(parts[0]))\(hint)")
        }
        soft = try Self.value(parts[1])
        hard = try Self.value(parts[2])
    }

    private static func value(_ text: String) throws(RuleViolation) -> UInt64 {
        if text.lowercased() == "unlimited" { return .max }
        guard let value = UInt64(text), !text.hasPrefix("+") else {
            throw RuleViolation("expected a number or \"unlimited\", found \(ConfigNode.quote(text))")
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
