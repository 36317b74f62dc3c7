public import Bytes

/// The names of files that are being written: `.identikit-`, six characters of mkstemp(3)'s choice, `.tmp`. They
/// are the same in every directory and like nobody else's, so that what a killed process left can be removed, and are
/// short enough for any file system.
public enum TemporaryName {
    /// What mkstemp(3) and mkdtemp(3) put their choice in place of: exactly six of these.
    static let choice = String(repeating: "X", count: 6)

    static let prefix = ".identikit-"
    static let suffix = ".tmp"

    /// The template for a file in `directory` (with its slash, or empty).
    static func template(directory: String) -> String { "\(directory)\(prefix)\(choice)\(suffix)" }

    /// A name after the template, of chance, for a file that exists already: link(2) fails if another has it.
    static func chosen(directory: String) -> String {
        let characters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let choice = String((0..<choice.count).compactMap { _ in characters.randomElement() })
        return "\(directory)\(prefix)\(choice)\(suffix)"
    }

    /// The directory of `path` with its slash, empty for a name alone.
    static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// True for a name made after the template: a file that is being written, or was when its writer died.
    static func isOwn(_ name: some Collection<UInt8>) -> Bool {
        guard name.count == prefix.utf8.count + choice.utf8.count + suffix.utf8.count else { return false }
        return name.starts(with: prefix.utf8)
            && name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
            && name.dropFirst(prefix.utf8.count).prefix(choice.utf8.count).allSatisfy(isChosen)
    }

    /// True for a name made after the template, and for `.NAME.` with six such characters behind it, which earlier
    /// versions wrote into caches.
    public static func matches(_ name: ByteString) -> Bool {
        let bytes = name.bytes
        if isOwn(bytes) { return true }
        guard bytes.count > 8, bytes[0] == UInt8(ascii: "."), bytes[bytes.count - 7] == UInt8(ascii: ".")
        else {
            return false
        }
        return bytes.suffix(6).allSatisfy(isChosen)
    }

    private static func isChosen(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
