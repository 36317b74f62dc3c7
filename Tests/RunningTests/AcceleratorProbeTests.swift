import Host
import TestSupport
import Testing

@testable import Running

@Suite struct AcceleratorProbeTests {
    @Test func softwareEmulationNeedsNoProbe() {
        #expect(AcceleratorProbe(architecture: .amd64, accelerator: .tcg) == nil)
        #expect(AcceleratorProbe(architecture: .amd64, accelerator: .kvm) != nil)
        #expect(AcceleratorProbe(architecture: .riscv64, accelerator: .kvm) == nil)
    }

    @Test func onlyTheGuestsOwnEndCounts() throws {
        let probe = try #require(AcceleratorProbe(architecture: .amd64, accelerator: .kvm))
        #expect(probe.succeeded(status: 33))
        // QEMU refused, was aborted, was killed.
        for status: Int32 in [0, 1, 134, 137] { #expect(!probe.succeeded(status: status)) }
    }

    /// The program is right: an emulator that is known to work runs it to its end.
    @Test(
        .enabled(if: Tool.available(GuestArchitecture.amd64.program), "qemu-system-x86 is not installed"))
    func theGuestComesToItsEndOnAPC() throws { try expectEnd(.amd64) }

    @Test(
        .enabled(
            if: Command.find(GuestArchitecture.arm64.program) != nil, "qemu-system-arm is not installed"))
    func theGuestComesToItsEndOnArm() throws { try expectEnd(.arm64) }

    private func expectEnd(_ architecture: GuestArchitecture) throws {
        let program = try #require(ProbeProgram(architecture: architecture))
        let probe = AcceleratorProbe(architecture: architecture, accelerator: .tcg, program: program)
        let directory = try TemporaryDirectory()
        let path = try directory.write("probe", probe.firmware)
        // Emulation on a busy machine may take longer than a real processor is given.
        let command = Command(
            architecture.program, probe.arguments(firmwarePath: path), timeLimit: 60)
        let result = try command.run()
        #expect(probe.succeeded(status: result.status), "exit \(result.status): \(result.errorText)")
    }
}
