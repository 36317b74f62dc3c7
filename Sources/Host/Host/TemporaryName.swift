public import Bytes

/// The names under which files are written before they appear: `.NAME.` and six characters of mkstemp(3)'s choice.
public enum TemporaryName {
    /// What mkstemp(3) and mkdtemp(3) put their choice in place of: exactly six of these.
    static let choice = String(repeating: "X", count: 6)

    /// The template for a file that will be at `folder` (with its slash, or empty) and `name`.
    static func template(folder: String, name: String) -> String { "\(folder).\(name).\(choice)" }

    /// True for a name made after `template`: a file that is being written, or was when its writer died.
    public static func matches(_ name: ByteString) -> Bool {
        let bytes = name.bytes
        guard bytes.count > 8, bytes[0] == UInt8(ascii: "."), bytes[bytes.count - 7] == UInt8(ascii: ".")
        else {
            return false
        }
        return bytes.suffix(6).allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }
}
