import Bytes
import Host
import OCI
import TestSupport
import Testing

@Suite("What U-Boot can take", .enabled(if: Tool.available("gzip"), "gzip is not installed"))
struct RaspberryPiLimitTests {
    private func build(kernelOf size: Int) throws -> (status: Int32, errorText: String) {
        let workshop = try Workshop()
        let image = SampleBootFiles.arm64Image
        let kernel = image + [UInt8](repeating: 0, count: size - image.count)
        var member = TestMember.file("kernel")
        member.contents = try Tool.run("gzip", ["-1nc"], input: kernel).output
        let builder = workshop.builder
        let layer = try builder.layer(TestTar.archive([member]))
        try builder.index(
            "sample/kernel:1", [try builder.manifest([layer], platform: .init(architecture: "arm64"))])
        try workshop.write("rpi.yml", "kernel:\n  image: sample/kernel:1\n  tar: none\n")
        let directory = try #require(workshop.directory)
        try SampleBootFiles.write(to: directory, "boot")
        let result = try workshop.build([
            "--arch", "arm64", "--format", "rpi3", "--rpi3-boot", "\(workshop.path)/boot", "rpi.yml",
        ])
        return (result.status, result.errorText)
    }

    @Test("A kernel of 64 MiB unpacked, and none that is larger")
    func kernel() throws {
        let largest = 64 << 20
        let fits = try build(kernelOf: largest)
        #expect(fits.status == 0, "\(fits.errorText)")
        let tooLarge = try build(kernelOf: largest + 1)
        #expect(tooLarge.status == 65, "\(tooLarge.errorText)")
        #expect(tooLarge.errorText.contains("64 MiB unpacked"), "\(tooLarge.errorText)")
    }
}
