import Bytes
import FileTree
import Tar
import Testing

@Suite("Extended attributes in PAX records") struct TarAttributeTests {
    private func attributes(_ records: [(String, ByteString)]) throws -> [ExtendedAttribute] {
        var header = TarHeader(name: "f", typeFlag: .regular)
        header.records = records.map { PaxRecord(key: ByteString($0.0), value: $0.1) }
        return try header.fileMetadata().xattrs
    }

    /// What Linux stores for `setfacl -m u:1000:r` on a file of mode 0640 (`getfattr -e hex`).
    private static let named = ByteString([
        0x02, 0, 0, 0,
        0x01, 0, 6, 0, 0xFF, 0xFF, 0xFF, 0xFF,
        0x02, 0, 4, 0, 0xE8, 0x03, 0, 0,
        0x04, 0, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF,
        0x10, 0, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF,
        0x20, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
    ])

    @Test(
        "An ACL in text is the attribute that Linux keeps it in",
        arguments: [
            "user::rw-,user:1000:r--,group::r--,mask::r--,other::---",
            "user::rw-,user:lisa:r--:1000,group::r--,mask::r--,other::---",
            "other::---,mask::r--,group::r--,user:1000:r--,user::rw-",
            "u::rw-\nu:1000:r--\ng::r--\nm::r--\no::---\n",
            "user::rw-,user:1000:r--\t#effective:r--,group::r--,mask::r--,other::---",
        ])
    func accessList(text: String) throws {
        for (key, name) in [("access", "system.posix_acl_access"), ("default", "system.posix_acl_default")] {
            let found = try attributes([("SCHILY.acl.\(key)", ByteString(text))])
            #expect(found == [ExtendedAttribute(name: ByteString(name), value: Self.named)])
        }
    }

    @Test(
        "An ACL that cannot be converted keeps its key, so that it is reported",
        arguments: [
            "user::rw-,user:lisa:r--,group::r--,mask::r--,other::---",  // a name without a number
            "user::rw-,user:1000:r--,group::r--,other::---",  // no mask
            "user::rw-,group::r--", "user::rwz,group::r--,other::---",
            "user::rw-,user::r--,group::r--,other::---",
            "", "nonsense", "user::rw,group::r--,other::---", "\u{2}\0\0\0x",
        ])
    func unusableList(text: String) throws {
        let found = try attributes([("SCHILY.acl.access", ByteString(text))])
        #expect(found == [ExtendedAttribute(name: "SCHILY.acl.access", value: ByteString(text))])
    }

    @Test("One attribute in two forms is one; forms that nobody reads keep their keys")
    func others() throws {
        let found = try attributes([
            ("LIBARCHIVE.xattr.user.a", "MQ"), ("LIBARCHIVE.xattr.user.b", "Mg"),
            ("RHT.security.selinux", "l"),
            ("SCHILY.acl.access", "user::rw-,group::r--,other::---"), ("SCHILY.acl.ace", "owner@:r::allow"),
            ("SCHILY.xattr.com.apple.provenance", "p"), ("SCHILY.xattr.system.posix_acl_access", "binary"),
            ("SCHILY.xattr.user.a", "1"), ("SCHILY.xattr.", "no name"), ("mtime", "5"),
        ])
        #expect(
            found.map(\.name) == [
                "LIBARCHIVE.xattr.user.b", "RHT.security.selinux", "SCHILY.acl.ace", "com.apple.provenance",
                "system.posix_acl_access", "user.a",
            ])
        #expect(found.first { $0.name == "system.posix_acl_access" }?.value == "binary")
    }
}
