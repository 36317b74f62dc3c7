/// The name of a file in an artifact, which becomes one in somebody's directory.
enum OutputTitle {
    /// Why no file may have the name; nil if one may.
    static func refusal(_ title: String) -> String? {
        if title.isEmpty { return "it has a file without a name" }
        let shown = String(title.unicodeScalars.prefix(80).map { $0.value < 0x20 ? "?" : Character($0) })
        if title.utf8.contains(0x2F) || title == "." || title == ".." {
            return "its file \"\(shown)\" would lie outside the directory"
        }
        if title.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) || title.utf8.count > 255 {
            return "its file \"\(shown)\" has a name that no file should have"
        }
        return nil
    }
}
