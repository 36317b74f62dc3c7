import Bytes
import Host
import Running

/// Chooses the first accelerator that really starts a guest.
struct AcceleratorChoice {
    /// LinuxKit's `--accel`.
    let list: String

    /// The last accelerator, used if no other works.
    var last: Accelerator { get throws { try Accelerator.list(parsing: list).last ?? .tcg } }

    func choose(
        _ architecture: GuestArchitecture, program: String, reporter: Reporter
    ) throws -> Accelerator {
        let accelerators = try Accelerator.list(parsing: list)
        for accelerator in accelerators {
            if accelerator == .tcg { return .tcg }
            guard HostEnvironment.machine == architecture.rawValue,
                let probe = AcceleratorProbe(architecture: architecture, accelerator: accelerator)
            else { continue }
            if try Self.works(probe, program: program) { return accelerator }
            reporter.note("\(accelerator.rawValue) cannot run guests on this machine")
        }
        throw Failure(
            "none of the accelerators \(list) works for \(architecture.rawValue); add tcg", .unavailable)
    }

    private static func works(_ probe: AcceleratorProbe, program: String) throws -> Bool {
        var file = try AtomicFile.scratch()
        try file.write(probe.firmware)
        var command = Command(program, probe.arguments(firmwarePath: file.pathForPrograms))
        command.timeLimit = AcceleratorProbe.timeLimit
        let result = try command.run()
        _ = consume file
        return probe.succeeded(status: result.status)
    }
}
