/// Permissions as written: `0644`, `644`, `0o644`. YAML reads some of these as numbers if they are not quoted;
/// the text is used as written, always as octal.
package enum OctalText {
    /// The digits, with `0o` replaced by the `0` that LinuxKit accepts; `nil` if the text is not octal.
    package static func normalized(_ text: String) -> String? {
        let hasPrefix = text.hasPrefix("0o") || text.hasPrefix("0O")
        let digits = hasPrefix ? text.dropFirst(2) : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
        return hasPrefix && digits.utf8.first != 0x30 ? "0\(digits)" : String(digits)
    }

    /// The number; `nil` if it exceeds `limit`.
    package static func value(_ text: String, upTo limit: UInt32) -> UInt32? {
        normalized(text).flatMap { UInt32($0, radix: 8) }.flatMap { $0 <= limit ? $0 : nil }
    }
}
