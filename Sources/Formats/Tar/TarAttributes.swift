internal import Bytes
internal import FileTree

/// The extended attributes in a member's PAX records, under every key that archivers use for them.
///
/// - `SCHILY.xattr.NAME` (star, GNU tar, bsdtar, Go) is the attribute NAME.
/// - `SCHILY.acl.access` and `SCHILY.acl.default` (star, GNU tar, bsdtar) are POSIX ACLs as text. Linux keeps them
///   in attributes of its own, which is what they become here.
/// - Other keys (NFSv4 ACLs, libarchive's own attributes, Red Hat's SELinux labels), and ACLs that cannot be converted,
///   keep the key as their name. No file system stores an attribute of such a name, so every output that is made
///   from a tree reports it.
enum TarAttributes {
    /// ACLs as text, and the attributes that Linux keeps them in.
    private static let lists: [(key: ByteString, attribute: ByteString)] = [
        ("SCHILY.acl.access", "system.posix_acl_access"), ("SCHILY.acl.default", "system.posix_acl_default"),
    ]

    private static let libarchivePrefix: ByteString = "LIBARCHIVE.xattr."

    /// Keys whose values stay as they are, and the attributes that make them redundant.
    private static let others: [(key: ByteString, attribute: ByteString?)] = [
        ("SCHILY.acl.ace", nil), ("RHT.security.selinux", "security.selinux"),
    ]

    /// The attributes in `records`, sorted by name.
    static func attributes(in records: [PaxRecord]) -> [ExtendedAttribute] {
        let prefix = ByteString(TarHeader.xattrPrefix)
        var attributes = records.filter { $0.key.hasPrefix(prefix) && $0.key.count > prefix.count }
            .map { ExtendedAttribute(name: $0.key.dropping(prefix), value: $0.value) }
        let plain = Set(attributes.map(\.name))
        for record in records {
            if let list = lists.first(where: { $0.key == record.key }) {
                guard !plain.contains(list.attribute) else { continue }
                let binary = PosixACLText(record.value)?.encoded
                attributes.append(
                    ExtendedAttribute(
                        name: binary == nil ? record.key : list.attribute, value: binary ?? record.value))
            } else if record.key.hasPrefix(libarchivePrefix) {
                // bsdtar writes both forms of one attribute.
                guard !plain.contains(record.key.dropping(libarchivePrefix)) else { continue }
                attributes.append(ExtendedAttribute(name: record.key, value: record.value))
            } else if let other = others.first(where: { $0.key == record.key }) {
                if let attribute = other.attribute, plain.contains(attribute) { continue }
                attributes.append(ExtendedAttribute(name: record.key, value: record.value))
            }
        }
        return attributes.sorted { $0.name < $1.name }
    }
}

extension ByteString {
    fileprivate func dropping(_ prefix: ByteString) -> ByteString { ByteString(bytes[prefix.count...]) }
}
