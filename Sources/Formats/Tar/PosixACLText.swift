internal import Bytes

/// A POSIX ACL in the text form of tar archives, `user::rw-,user:lisa:r--:1000,group::r--,mask::r--,other::---`
/// (POSIX 1003.1e draft 17, section 23.3; star adds the number to entries with a name).
struct PosixACLText {
    /// `e_tag` of the attribute's entries (Linux, `uapi/linux/posix_acl.h`). The kernel wants them in this order.
    private enum Tag: UInt16 {
        case owner = 0x01
        case user = 0x02
        case owningGroup = 0x04
        case group = 0x08
        case mask = 0x10
        case other = 0x20
    }

    private struct Entry {
        var tag: Tag
        var permissions: UInt16
        var id: UInt32
    }

    /// `e_id` of entries that name nobody (`ACL_UNDEFINED_ID`).
    private static let noID = UInt32.max
    /// `a_version` of the attribute (`POSIX_ACL_XATTR_VERSION`).
    private static let version: UInt32 = 2

    private var entries: [Entry] = []

    /// Nil if the text is not a complete ACL, or names a user or group without the number.
    init?(_ text: ByteString) {
        for field in text.bytes.split(whereSeparator: { $0 == 0x2C || $0 == 0x0A }) {
            // What follows a number sign is a comment: the permissions that are left by the mask.
            let entry = field.prefix { $0 != 0x23 }.filter { $0 != 0x20 && $0 != 0x09 }
            if entry.isEmpty { continue }
            guard let parsed = Self.entry(String(decoding: entry, as: UTF8.self)) else { return nil }
            entries.append(parsed)
        }
        entries.sort { ($0.tag.rawValue, $0.id) < ($1.tag.rawValue, $1.id) }
        let counts = entries.reduce(into: [Tag: Int]()) { $0[$1.tag, default: 0] += 1 }
        for tag in [Tag.owner, .owningGroup, .other] where counts[tag] != 1 { return nil }
        let hasNamed = counts[.user] != nil || counts[.group] != nil
        guard counts[.mask, default: 0] == 1 || (counts[.mask] == nil && !hasNamed) else { return nil }
    }

    /// The value of `system.posix_acl_access` or `system.posix_acl_default`: a version, then eight bytes an entry.
    var encoded: ByteString {
        var bytes: [UInt8] = []
        bytes.append(little: Self.version)
        for entry in entries {
            bytes.append(little: entry.tag.rawValue)
            bytes.append(little: entry.permissions)
            bytes.append(little: entry.id)
        }
        return ByteString(bytes)
    }

    private static func entry(_ text: String) -> Entry? {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (3...4).contains(fields.count), let permissions = permissions(fields[2]) else { return nil }
        let name = fields[1]
        let tag: Tag
        switch (fields[0], name.isEmpty) {
        case ("user", true), ("u", true): tag = .owner
        case ("user", false), ("u", false): tag = .user
        case ("group", true), ("g", true): tag = .owningGroup
        case ("group", false), ("g", false): tag = .group
        case ("mask", true), ("m", true): tag = .mask
        case ("other", true), ("o", true): tag = .other
        default: return nil
        }
        guard !name.isEmpty else { return Entry(tag: tag, permissions: permissions, id: noID) }
        guard let id = UInt32(fields.count == 4 ? fields[3] : name), id != noID else { return nil }
        return Entry(tag: tag, permissions: permissions, id: id)
    }

    private static func permissions(_ text: String) -> UInt16? {
        guard text.utf8.count == 3 else { return nil }
        var bits: UInt16 = 0
        for (letter, (known, bit)) in zip(text, [("r", 4), ("w", 2), ("x", 1)] as [(Character, UInt16)]) {
            if letter == known { bits |= bit } else if letter != "-" { return nil }
        }
        return bits
    }
}
