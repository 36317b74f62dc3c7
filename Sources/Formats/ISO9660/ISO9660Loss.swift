public import Bytes

/// Something in a tree that an ISO 9660 image cannot represent exactly.
public enum ISO9660Loss: Hashable, Sendable {
    /// The file with the first path `path` has extended attributes, which Rock Ridge cannot store; names sorted.
    case attributes(path: ByteString, names: [ByteString])
    /// Joliet has `path` under another last name: at most 64 characters of UCS-2 without `*/:;?\`, unique in its
    /// directory. Rock Ridge, which Linux reads, has all of it.
    case jolietName(path: ByteString, joliet: String)
    /// The last name of `path` has 254 or 255 bytes. The image has all of them, but Linux shows the first 253.
    case nameBeyondLinux(path: ByteString)
}

extension ISO9660Loss: CustomStringConvertible {
    public var description: String {
        switch self {
        case .attributes(let path, let names):
            "\(path): ISO 9660 can't hold \(names.map(\.text).joined(separator: ", "))"
        case .jolietName(let path, let joliet): "\(path): called \(joliet) in Joliet"
        case .nameBeyondLinux(let path): "\(path): Linux shows the first 253 bytes of its name"
        }
    }
}
