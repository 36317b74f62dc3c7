import Bytes
import FileTree
import Host
import TestSupport
import Testing
import UImage

@Suite("U-Boot's mkimage", .enabled(if: Tool.available("mkimage"), "needs u-boot-tools"))
struct MkimageTests {
    let directory: TemporaryDirectory
    private static let epoch: Int64 = 1_492_533_000

    init() throws { directory = try TemporaryDirectory() }

    private struct Case: Sendable {
        let description: UImage.Description
        let arguments: [String]
        var files: [String] = ["a kernel"]
    }

    private static let cases = [
        Case(
            description: .init(
                architecture: .arm64, type: .kernel, compression: .gzip, loadAddress: 0x80000,
                entryPoint: 0x80000),
            arguments: ["-A", "arm64", "-T", "kernel", "-C", "gzip", "-a", "0x80000", "-e", "0x80000"]),
        Case(
            description: .init(architecture: .arm64, type: .ramdisk, name: "initrd"),
            arguments: ["-A", "arm64", "-T", "ramdisk", "-C", "none", "-n", "initrd"]),
        Case(
            description: .init(architecture: .arm64, type: .script, name: "RPi3"),
            arguments: ["-A", "arm64", "-T", "script", "-C", "none", "-n", "RPi3"], files: ["echo hello\n"]),
        Case(
            description: .init(
                architecture: .riscv, type: .multi, compression: .none, loadAddress: 1, entryPoint: 2,
                name: ByteString(String(repeating: "n", count: 32))),
            arguments: [
                "-A", "riscv", "-T", "multi", "-C", "none", "-a", "1", "-e", "2", "-n",
                String(repeating: "n", count: 32),
            ],
            files: ["one", "three", "four", "x"]),
    ]

    @Test("gives the same bytes", arguments: cases.indices)
    func sameBytes(index: Int) throws {
        let sample = Self.cases[index]
        var names: [String] = []
        for (index, text) in sample.files.enumerated() {
            names.append(try directory.write("file\(index)", text))
        }
        let output = "\(directory.path)/image"
        try Tool.run(
            "mkimage",
            ["-O", "linux"] + sample.arguments + ["-d", names.joined(separator: ":"), output],
            environment: ["SOURCE_DATE_EPOCH": String(Self.epoch)])
        let image = try UImage(
            sample.description, files: sample.files.map(literal), time: Timestamp(seconds: Self.epoch),
            store: Blobs())
        let ours = try bytes(of: image.extents)
        #expect(try directory.read("image") == ours)
        try directory.write("ours", ours)
        let listing = try Tool.run("mkimage", ["-l", "\(directory.path)/ours"]).outputText
        #expect(listing.contains("Image Name:"))
        // mkimage -l says nothing of a bad data checksum; our reader does.
        try UImageReader(ByteArrayAccess(try directory.read("image"))).verify()
    }
}
