import Host
import Outputs
import TestSupport
import Testing

/// What LinuxKit's formats end at, none of ours does: an initrd over 512 MiB, an image over 1 GiB, an EFI system
/// partition over 32 MiB. It takes minutes and gigabytes, so `make soak` runs it.
@Suite(.serialized) struct LargeBootTests {
    private static let isAsked = HostEnvironment.variable("IDENTIKIT_SOAK") == "1"

    @Test(
        "A system of more than 1 GiB boots", .enabled(if: isAsked, "only in make soak"),
        .enabled(if: BootKit.hasSmallKernel && Boot.areToolsThere, "QEMU or ../shared/kernel is missing"),
        arguments: Boot.large.filter { OutputFormats.named($0.format) != nil })
    func boots(_ boot: Boot) async throws {
        let kit = try BootKit.shared.get()
        try kit.addLargeImage()
        let directory = try TemporaryDirectory()
        try await Gate.machines.pass {
            try kit.build(boot, to: directory.path, more: ["large.yml"])
            try await boot.expectLines(in: directory.path)
        }
    }
}
