import Bytes
import Host
import Running

/// The first of some accelerators that starts a guest when tried.
struct AcceleratorChoice {
    /// LinuxKit's `--accel`.
    let list: String

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
            reporter.note("\(accelerator.rawValue) does not run guests here")
        }
        throw Failure(
            "none of the accelerators \(list) works for \(architecture.rawValue); add tcg", .unavailable)
    }

    private static func works(_ probe: AcceleratorProbe, program: String) throws -> Bool {
        let folder = try Folder.createTemporary(prefix: "identikit-probe")
        defer { try? Folder.remove(folder) }
        var file = try AtomicFile(path: "\(folder)/firmware")
        try file.write(probe.firmware)
        try file.commit()
        var command = Command(program, probe.arguments(firmwarePath: "\(folder)/firmware"))
        command.timeLimit = AcceleratorProbe.timeLimit
        return probe.succeeded(status: try command.run().status)
    }
}
