internal import Bytes
internal import FileTree

/// `e_name_index`: the name space of an extended attribute, whose prefix is not written out.
enum XattrPrefix: UInt8, CaseIterable {
    case user = 1
    case posixACLAccess = 2
    case posixACLDefault = 3
    case trusted = 4
    case security = 6

    var text: ByteString {
        switch self {
        case .user: "user."
        case .posixACLAccess: "system.posix_acl_access"
        case .posixACLDefault: "system.posix_acl_default"
        case .trusted: "trusted."
        case .security: "security."
        }
    }

    /// True if a name goes on after the prefix.
    var hasSuffix: Bool {
        switch self {
        case .user, .trusted, .security: true
        case .posixACLAccess, .posixACLDefault: false
        }
    }

    /// The prefix of a full name, and what follows it; nil if the format has none for it.
    static func split(_ name: ByteString) -> (prefix: XattrPrefix, suffix: ArraySlice<UInt8>)? {
        for prefix in allCases where name.hasPrefix(prefix.text) {
            let suffix = name.bytes.dropFirst(prefix.text.count)
            if suffix.isEmpty != prefix.hasSuffix { return (prefix, suffix) }
        }
        return nil
    }
}

/// `struct erofs_xattr_entry`, with its name and value: 4-byte aligned, behind an inode or among the shared ones.
struct XattrEntry: Hashable {
    static let headerSize = 4
    static let alignment = 4

    var prefix: XattrPrefix
    /// `e_name`: the name after the prefix.
    var suffix: [UInt8]
    var value: ByteString

    /// Bytes, the padding included.
    var byteCount: Int { (Self.headerSize + suffix.count + value.count + 3) / 4 * 4 }

    /// True if an entry can hold the attribute.
    static func canStore(_ attribute: ExtendedAttribute) -> Bool {
        guard let (_, suffix) = XattrPrefix.split(attribute.name) else { return false }
        return suffix.count <= Int(UInt8.max) && attribute.value.count <= Int(UInt16.max)
    }

    init(_ attribute: ExtendedAttribute, of path: () -> ByteString) throws(EROFSError) {
        guard let (prefix, suffix) = XattrPrefix.split(attribute.name) else {
            throw .unknownXattrNamespace(path: path(), name: attribute.name)
        }
        guard suffix.count <= Int(UInt8.max), attribute.value.count <= Int(UInt16.max) else {
            throw .xattrTooLarge(path: path(), name: attribute.name)
        }
        self.prefix = prefix
        self.suffix = Array(suffix)
        value = attribute.value
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: suffix.count))
        bytes.append(prefix.rawValue)
        bytes.append(little: UInt16(truncatingIfNeeded: value.count))
        bytes.append(contentsOf: suffix)
        bytes.append(contentsOf: value.bytes)
        bytes.append(zeros: byteCount - Self.headerSize - suffix.count - value.count)
    }
}

/// `struct erofs_xattr_ibody_header`: the attributes of one inode, right behind it. First the numbers of shared
/// ones, 4 bytes each, then the others in full.
enum XattrBody {
    static let headerSize = 12
    /// How many shared attributes one byte can count.
    static let sharedLimit = 255
    /// Bytes that `i_xattr_icount` can say.
    static let sizeLimit = headerSize + (Int(UInt16.max) - 1) * 4

    /// `i_xattr_icount` for a body of `size` bytes, 0 or a multiple of 4 from 12 on.
    static func count(ofSize size: Int) -> UInt16 {
        size == 0 ? 0 : UInt16(truncatingIfNeeded: (size - headerSize) / 4 + 1)
    }

    /// Bytes of the body of an inode with this `i_xattr_icount`.
    static func size(ofCount count: UInt16) -> Int { count == 0 ? 0 : headerSize + (Int(count) - 1) * 4 }
}
