import Host
import NetworkSupport
import Outputs
import TestSupport
import Testing

/// A default that nobody publishes is a stranger's where a registry has its name.
@Suite struct DefaultBootImageTests {
    @Test("The default of --efi-boot is taken from the cache, and no registry is asked for it")
    func isNeverFetched() async throws {
        let registry = try await TestRegistry()
        let workshop = try Workshop()
        try workshop.write(
            "disk.yml",
            "kernel:\n  image: sample/thing:1\n  binary: bin/sh\n  tar: none\ninit:\n  - sample/thing:1\n")
        let arguments = ["build", "--cache", workshop.builder.path, "--mirror", "docker.io=\(registry.url)"]
        let result = try Executable.run(
            arguments + ["--arch", "amd64", "-f", "raw-efi", "disk.yml"], in: workshop.path)
        #expect(result.status != 0)
        #expect(result.errorText.contains("published nowhere"), "\(result.errorText)")
        #expect(result.errorText.contains("--efi-boot @pkg:"), "\(result.errorText)")
        #expect(registry.requests.isEmpty)
        // The others are LinuxKit's, and asked for.
        let dead = "http://127.0.0.1:\(try DeadPort.next())"
        let bios = try Executable.run(
            arguments + ["--arch", "amd64", "-f", "raw-bios", "disk.yml"], in: workshop.path,
            environment: ["HTTPS_PROXY": dead])
        #expect(bios.status != 0)
        #expect(registry.requests.contains { $0.path.contains("mkimage-iso-bios") })
        // Why it cannot be had is told: here the registry cannot be reached.
        #expect(bios.errorText.contains("could not be pulled ("), "\(bios.errorText)")
        #expect(bios.errorText.contains(dead), "\(bios.errorText)")
        #expect(bios.errorText.contains("pass --bios-boot"), "\(bios.errorText)")
        await registry.close()
    }

    @Test("Boot code that a disk begins with is missed before anything is written")
    func missingBootCode() throws {
        let workshop = try Workshop()
        let directory = try #require(workshop.directory)
        try SampleBootFiles.write(to: directory, "boot")
        try Tool.run("rm", ["\(directory.path)/boot/isohdpfx.bin"])
        try workshop.write(
            "disk.yml",
            "kernel:\n  image: sample/thing:1\n  binary: bin/sh\n  tar: none\ninit:\n  - sample/thing:1\n")
        let before = try workshop.names()
        let result = try workshop.build(["-v", "-f", "tar,raw-bios", "--bios-boot", "boot", "disk.yml"])
        #expect(result.status != 0)
        #expect(result.errorText.contains("isohdpfx.bin"), "\(result.errorText)")
        #expect(!result.errorText.contains("writing"), "\(result.errorText)")
        #expect(try workshop.names() == before)
    }
}
