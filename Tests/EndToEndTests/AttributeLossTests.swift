import Bytes
import Host
import Outputs
import TestSupport
import Testing

/// One rule for all formats: what cannot be stored is a warning with the name and the path, an error with `--strict`.
@Suite("Attributes that a format cannot hold") struct AttributeLossTests {
    private static let accessList = "SCHILY.xattr.system.posix_acl_access"

    private func workshop(_ members: [TestMember]) throws -> Workshop {
        let workshop = try Workshop(layers: [members])
        var kernel = TestMember.file("kernel")
        kernel.contents = SampleBootFiles.bzImage
        try workshop.builder.image("sample/kernel:1", layers: [[kernel]])
        try workshop.write(
            "kit.yml", "kernel:\n  image: sample/kernel:1\n  tar: none\ninit:\n  - sample/thing:1\n")
        try SampleBootFiles.write(to: #require(workshop.directory), "boot")
        return workshop
    }

    private func member(_ name: ByteString, _ records: [(key: String, value: ByteString)]) -> TestMember {
        var member = TestMember.file(name)
        member.records = records
        return member
    }

    private static let boot = ["--bios-boot", "boot", "--efi-boot", "boot"]

    /// What each format that is made from the tree says of an access ACL, an NFSv4 ACL and an attribute of macOS.
    private static let stores: [(format: String, label: String, store: String, lost: [String])] = [
        (
            "kernel+initrd", "initrd", "an initrd",
            ["com.apple.provenance", "system.nfs4_acl", "system.posix_acl_access"]
        ),
        (
            "raw-efi", "initrd", "an initrd",
            ["com.apple.provenance", "system.nfs4_acl", "system.posix_acl_access"]
        ),
        (
            "kernel+squashfs", "kernel+squashfs", "squashfs",
            ["com.apple.provenance", "system.nfs4_acl", "system.posix_acl_access"]
        ),
        ("kernel+erofs", "kernel+erofs", "EROFS", ["com.apple.provenance", "system.nfs4_acl"]),
        (
            "kernel+iso", "kernel+iso", "ISO 9660",
            ["com.apple.provenance", "system.nfs4_acl", "system.posix_acl_access"]
        ),
        (
            "iso-bios", "iso-bios", "ISO 9660",
            ["com.apple.provenance", "system.nfs4_acl", "system.posix_acl_access"]
        ),
        (
            "iso-efi", "iso-efi", "ISO 9660",
            ["com.apple.provenance", "system.nfs4_acl", "system.posix_acl_access"]
        ),
    ]

    @Test(
        "A warning names the attribute, the file and the format; --strict refuses", arguments: stores.indices)
    func everyFormat(_ index: Int) throws {
        let (format, label, store, lost) = Self.stores[index]
        let workshop = try workshop([
            member(
                "f",
                [
                    (key: Self.accessList, value: "\u{2}\0\0\0x"),
                    (key: "SCHILY.xattr.system.nfs4_acl", value: "n"),
                    (key: "SCHILY.xattr.com.apple.provenance", value: "p"),
                ])
        ])
        let result = try workshop.build(["-q", "-f", format] + Self.boot + ["kit.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(
            result.errorText.split(separator: "\n").map(String.init)
                == lost.map {
                    "warning: \(label): dropped extended attribute \($0) of /f (\(store) cannot store it)"
                })
        try workshop.expectFailure(
            ["--strict", "--name", "other", "-f", format] + Self.boot + ["kit.yml"], status: 65,
            saying: [
                "--strict", "would drop extended attribute \(lost[0]) of /f", "\(store) cannot store it",
            ])
    }

    @Test("EROFS keeps POSIX ACLs, those in GNU tar's text too; names alone cannot be converted")
    func accessLists() throws {
        let text: ByteString = "user::rw-,user:1000:r--,group::r--,mask::r--,other::---"
        let kept = try workshop([member("f", [(key: "SCHILY.acl.access", value: text)])])
        let result = try kept.build(["-q", "--strict", "-f", "kernel+erofs", "kit.yml"])
        #expect(result.status == 0 && result.errorText.isEmpty, "\(result.errorText)")
        let squashFS = try kept.build(["-q", "-f", "kernel+squashfs", "kit.yml"])
        #expect(
            squashFS.errorText
                == "warning: kernel+squashfs: dropped extended attribute system.posix_acl_access of /f "
                + "(squashfs cannot store it)\n")
        let named: ByteString = "user::rw-,user:lisa:r--,group::r--,mask::r--,other::---"
        let lost = try workshop([member("f", [(key: "SCHILY.acl.access", value: named)])])
        #expect(
            try lost.build(["-q", "-f", "kernel+erofs", "kit.yml"]).errorText
                == "warning: kernel+erofs: dropped extended attribute SCHILY.acl.access of /f (EROFS cannot store it)\n"
        )
    }

    @Test("tar and docker keep all, whatever its name", arguments: ["tar", "docker"])
    func streams(format: String) throws {
        let workshop = try workshop([
            member("f", [(key: Self.accessList, value: "x"), (key: "SCHILY.acl.access", value: "user::rw-")])
        ])
        let result = try workshop.build(["-q", "--strict", "-f", format, "kit.yml"])
        #expect(result.status == 0 && result.errorText.isEmpty, "\(result.errorText)")
        let text = String(
            decoding: try #require(try workshop.directory?.read("kit.\(format)")), as: UTF8.self)
        #expect(text.contains("\(Self.accessList)=x\n") && text.contains("SCHILY.acl.access=user::rw-\n"))
    }

    @Test("Many files are one line, and all of them with -v")
    func many() throws {
        let workshop = try workshop(
            (0..<50).map {
                member(ByteString("f\($0 + 10)"), [(key: "SCHILY.xattr.com.apple.provenance", value: "p")])
            })
        let line =
            "kernel+squashfs: dropped extended attribute com.apple.provenance of 50 files, such as /f10 "
            + "(squashfs cannot store it) (-v lists all)"
        let result = try workshop.build(["-q", "-f", "kernel+squashfs", "kit.yml"])
        #expect(result.errorText == "warning: \(line)\n", "\(result.errorText)")
        let verbose = try workshop.build(["-v", "-f", "kernel+squashfs", "kit.yml"]).errorText
        #expect(verbose.contains("warning: \(line)\n"), "\(verbose)")
        let each = "kernel+squashfs: dropped extended attribute com.apple.provenance of /f"
        #expect(verbose.split(separator: "\n").filter { $0.hasPrefix(each) }.count == 50, "\(verbose)")
    }

    @Test("Names that Joliet shortens are one line; --strict asks what Linux sees, which is Rock Ridge")
    func joliet() throws {
        let long = String(repeating: "long-name-", count: 8)
        let workshop = try workshop((0..<30).map { TestMember.file(ByteString("\(long)\($0 + 10)")) })
        for strict in [[], ["--strict"]] {
            let result = try workshop.build(
                ["-q"] + strict + ["-f", "iso-bios", "--bios-boot", "boot", "kit.yml"])
            #expect(result.status == 0, "\(result.errorText)")
            #expect(
                result.errorText
                    == "warning: iso-bios: Joliet, which Windows reads, shortens 30 names, such as "
                    + "/\(long)10 to \(long.prefix(64)); Linux reads them whole (-v lists all)\n")
        }
        let verbose = try workshop.build(["-v", "-f", "iso-bios", "--bios-boot", "boot", "kit.yml"]).errorText
        #expect(verbose.split(separator: "\n").filter { $0.contains("shortens the name /long") }.count == 30)
    }

    @Test("A name whose end Linux does not show is one that --strict refuses")
    func longestName() throws {
        let workshop = try workshop([TestMember.file(ByteString(String(repeating: "n", count: 255)))])
        let arguments = ["-f", "kernel+iso", "kit.yml"]
        let result = try workshop.build(["-q"] + arguments)
        #expect(
            result.status == 0
                && result.errorText.contains("Linux shows only the first 253 bytes of the name"))
        #expect(try workshop.build(["--strict"] + arguments).status == 65)
    }
}
