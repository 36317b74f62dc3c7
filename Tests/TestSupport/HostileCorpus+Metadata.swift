internal import Bytes
internal import FileTree

extension CorpusMaker {
    mutating func addPermissions() throws {
        let modes: [UInt16] =
            (0..<12).map { 1 << $0 } + [
                0, 0o4755, 0o2755, 0o1777, 0o4644, 0o2644, 0o1644, 0o6711, 0o7777, 0o7000,
            ]
        for mode in modes {
            let name = String(mode, radix: 8)
            try file(ByteString("modes/file-\(name)"), Self.metadata(mode))
            try add(ByteString("modes/directory-\(name)"), .directory, Self.metadata(mode))
        }
        try add("modes/link-0644", .symbolicLink("x"), Self.metadata(0o644))
    }

    mutating func addOwners() throws {
        let ids: [UInt32] = [
            1, 255, 256, 32_767, 32_768, 65_534, 65_535, 65_536, 1 << 31 - 1, 1 << 31, .max - 1,
        ]
        for id in ids {
            try file(ByteString("owners/user-\(id)"), Self.metadata(uid: id, gid: 7))
            try file(ByteString("owners/group-\(id)"), Self.metadata(uid: 7, gid: id))
            try add(
                ByteString("owners/directory-\(id)"), .directory, Self.metadata(0o755, uid: id, gid: id))
        }
    }

    mutating func addTimes() throws {
        // The ends of each format's range and what lies beyond, as seconds since 1970.
        let times: [(name: String, seconds: Int64)] = [
            ("1677", -9_223_372_036), ("1899", -2_208_988_801), ("1900", -2_208_988_800),
            ("1901", -2_147_483_649), ("1901-int32", -2_147_483_648), ("1969", -1), ("1970", 0),
            ("1970-1", 1),
            ("1979", 315_532_799), ("1980", 315_532_800), ("1980-odd", 315_532_801),
            ("2024-leap", 1_709_164_800),
            ("2038", 2_147_483_647), ("2038-over", 2_147_483_648), ("2106", 4_294_967_295),
            ("2106-over", 4_294_967_296), ("2107", 4_354_819_199), ("2107-over", 4_354_819_200),
            ("2155", 5_869_583_999), ("2155-over", 5_869_584_000), ("2262", 9_223_372_037),
            ("2446", 15_032_385_535), ("2500", 16_725_225_600),
        ]
        for (name, seconds) in times {
            for nanoseconds: UInt32 in [0, 1, 999_999_999] {
                var metadata = Self.metadata()
                metadata.modified = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
                try file(ByteString("times/\(name)-\(nanoseconds)"), metadata)
            }
            var metadata = Self.metadata(0o755)
            metadata.modified = Timestamp(seconds: seconds, nanoseconds: 500_000_000)
            try add(ByteString("times/directory-\(name)"), .directory, metadata)
        }
    }

    /// `cap_net_raw=ep` as the kernel stores it (linux/capability.h, `vfs_cap_data` of revision 2).
    static let capability = ExtendedAttribute(
        name: "security.capability",
        value: ByteString([1, 0, 0, 2, 0, 0x20, 0, 0] + [UInt8](repeating: 0, count: 12)))

    private static func attribute(_ name: String, _ value: [UInt8]) -> ExtendedAttribute {
        ExtendedAttribute(name: ByteString(name), value: ByteString(value))
    }

    mutating func addXattrs() throws {
        func metadata(_ permissions: UInt16, _ attributes: [ExtendedAttribute]) -> FileMetadata {
            var metadata = Self.metadata(permissions)
            metadata.xattrs = attributes.sorted { $0.name < $1.name }
            return metadata
        }
        let user = Self.attribute("user.comment", Array("a comment".utf8))
        let trusted = Self.attribute("trusted.overlay.opaque", [0x79])
        let large = Self.attribute("user.large", Noise.bytes(seed: 9, count: 60_000))
        let odd = [
            Self.attribute("user.empty", []), Self.attribute("user.zero", [0, 1, 0]),
            Self.attribute("user.名前", [0xFF]), Self.attribute("user.a.b.c", [0x78]),
            Self.attribute("user." + String(repeating: "n", count: 250), Array("longest name".utf8)),
        ]
        let many = (0..<100).map { Self.attribute("user.number-\($0)", Array("value \($0 % 10)".utf8)) }
        let cases: [(String, UInt16, [ExtendedAttribute])] = [
            ("ping", 0o755, [Self.capability]), ("ping6", 0o755, [Self.capability]), ("user", 0o644, [user]),
            ("trusted", 0o644, [trusted]), ("all", 0o644, [Self.capability, trusted, user]),
            ("odd", 0o644, odd),
            ("large", 0o644, [large]), ("large-too", 0o600, [large, user]), ("many", 0o644, many),
        ]
        for (name, mode, attributes) in cases {
            try file(ByteString("xattrs/\(name)"), metadata(mode, attributes))
        }
        try file("xattrs/empty-file", .empty, metadata(0o644, [user]))
        // The same set on many files, which formats store once.
        for index in 0..<200 {
            try file(ByteString("xattrs/same/\(index)"), metadata(0o755, [Self.capability, user]))
        }
        try add("xattrs/directory", .directory, metadata(0o755, [trusted, user]))
        try add("xattrs/link", .symbolicLink("ping"), metadata(0o777, [trusted]))
        try add("xattrs/fifo", .fifo, metadata(0o600, [trusted]))
        try add("xattrs/device", .characterDevice(major: 1, minor: 3), metadata(0o600, [trusted]))
    }

    mutating func addAccessControlLists() throws {
        // user::rw-, user:1:rw-, group::r--, mask::rw-, other::r-- (linux/posix_acl_xattr.h).
        var value: [UInt8] = [2, 0, 0, 0]
        let entries: [(tag: UInt16, permissions: UInt16, id: UInt32)] = [
            (1, 6, .max), (2, 6, 1), (4, 4, .max), (16, 6, .max), (32, 4, .max),
        ]
        for entry in entries {
            value.append(little: entry.tag)
            value.append(little: entry.permissions)
            value.append(little: entry.id)
        }
        var metadata = Self.metadata(0o664)
        metadata.xattrs = [Self.attribute("system.posix_acl_access", value)]
        try file("acl/access", metadata)
        metadata = Self.metadata(0o775)
        metadata.xattrs = [Self.attribute("system.posix_acl_default", value)]
        try add("acl/directory", .directory, metadata)
    }
}
