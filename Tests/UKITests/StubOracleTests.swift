import Bytes
import FileTree
import Foundation
import Host
import TestSupport
import Testing
import UKI

/// Debian's stub under other people's eyes.
@Suite(
    "An image over Debian's stub",
    .enabled(
        if: Tool.available("objdump", "objcopy", "sbverify", "sbsign", "openssl") && DebianStub.exists,
        "needs binutils, sbsigntool, openssl and systemd-boot-efi"))
struct StubOracleTests {
    let directory: TemporaryDirectory
    let image: UnifiedKernelImage
    let parts: [UnifiedKernelImage.Part]

    init() throws {
        directory = try TemporaryDirectory()
        parts = [
            .init(.linux, SampleProgram.kernel().bytes),
            .init(.initrd, (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }),
            .init(.commandLine, text: "console=ttyS0"), .init(.osRelease, text: "ID=test\n"),
            .init(.splash, Array("BM".utf8)), .init(.deviceTree, [0xd0, 0x0d, 0xfe, 0xed]),
        ]
        image = try UnifiedKernelImage(
            stub: DebianStub.bytes(), machine: .amd64, kernel: KernelImage(SampleProgram.kernel().access),
            parts: parts)
        var sink = ByteArraySink()
        try image.extents.write(to: &sink, from: NoBlobs())
        try directory.write("uki.efi", sink.bytes)
    }

    @Test("objdump finds the sections where they are said to be")
    func objdump() throws {
        let listing = try Tool.run("objdump", ["-h", "\(directory.path)/uki.efi"]).outputText
        let rows = listing.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        for section in [UKISection.osRelease, .commandLine, .deviceTree, .uname, .splash, .initrd, .linux] {
            let row = try #require(rows.first { $0.count == 7 && $0[1] == section.rawValue })
            #expect(UInt64(row[5], radix: 16) == image.offset(of: section), "\(section)")
        }
        #expect(listing.contains(".sbat"))
        let order = rows.filter { $0.count == 7 && $0[0].allSatisfy(\.isNumber) }.map { $0[1] }
        #expect(order.suffix(3) == [".splash", ".initrd", ".linux"])
    }

    @Test("objcopy takes the same contents out")
    func objcopy() throws {
        for part in parts where part.section != .linux {
            try Tool.run(
                "objcopy",
                [
                    "--dump-section", "\(part.section.rawValue)=\(directory.path)/section",
                    "\(directory.path)/uki.efi",
                    "\(directory.path)/copy.efi",
                ])
            let found = try directory.read("section")
            let given = try part.contents.access(from: NoBlobs()).bytes(
                at: 0, length: Int(part.contents.count), of: "part")
            let isSame = Array(found.prefix(given.count)) == given
            #expect(isSame, "\(part.section)")
            #expect(found.dropFirst(given.count).reduce(0, |) == 0, "\(part.section)")
        }
    }

    @Test("sbverify finds no gap and no signature; sbsign signs, and the signature holds")
    func signature() throws {
        let list = try Command("sbverify", ["--list", "\(directory.path)/uki.efi"]).run()
        #expect(!(list.outputText + list.errorText).contains("gap"), "\(list.errorText)")
        #expect((list.outputText + list.errorText).contains("No signature table present"))
        try Tool.run(
            "openssl",
            [
                "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
                "-keyout", "\(directory.path)/key", "-out", "\(directory.path)/certificate",
            ])
        let signed = "\(directory.path)/signed.efi"
        let sign = try Tool.run(
            "sbsign",
            [
                "--key", "\(directory.path)/key", "--cert", "\(directory.path)/certificate", "--output",
                signed,
                "\(directory.path)/uki.efi",
            ])
        #expect(!sign.errorText.contains("gap"), "\(sign.errorText)")
        try Tool.run("sbverify", ["--cert", "\(directory.path)/certificate", signed])
        // Signing over a signed image starts from a clean one: signatures do not come along.
        let reader = try UnifiedKernelImageReader(ByteArrayAccess(try directory.read("signed.efi")))
        #expect(reader.sections.count == 15)
    }
}

/// The stub of the package systemd-boot-efi for this machine's architecture, amd64 in tests.
enum DebianStub {
    static let path = "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"

    static var exists: Bool { Tool.isCI || FileManager.default.fileExists(atPath: path) }

    static func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
}
