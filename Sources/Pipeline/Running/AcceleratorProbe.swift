/// Whether an accelerator really runs guests here.
///
/// That `/dev/kvm` opens says little: inside some virtual machines QEMU then fails, or the guest
/// crawls or hangs. So a guest of some hundred bytes is started with the same machine and processor as the
/// real one. It goes all the way to 64-bit code with paging, counts to a hundred million and takes an exception
/// (`ProbeProgram`). Done natively this takes a tenth of a second, in software emulation about one.
///
/// The caller writes `firmware` to a file, runs `architecture.program` with `arguments`, and kills it after `timeLimit`.
public struct AcceleratorProbe: Sendable {
    public let architecture: GuestArchitecture
    public let accelerator: Accelerator
    private let program: ProbeProgram

    /// Nil where there is nothing to try: software emulation always works, and an architecture
    /// without a probe program counts as not accelerated.
    public init?(architecture: GuestArchitecture, accelerator: Accelerator) {
        guard accelerator != .tcg, let program = ProbeProgram(architecture: architecture) else { return nil }
        self.init(architecture: architecture, accelerator: accelerator, program: program)
    }

    init(architecture: GuestArchitecture, accelerator: Accelerator, program: ProbeProgram) {
        self.architecture = architecture
        self.accelerator = accelerator
        self.program = program
    }

    /// Seconds after which the guest counts as hung.
    public static let timeLimit = 3

    /// The guest: what the processor finds at its reset vector.
    public var firmware: [UInt8] { program.image }

    public func arguments(firmwarePath: String) -> [String] {
        [
            "-machine", "\(architecture.machine),accel=\(accelerator.rawValue)",
            "-cpu", architecture.processor(accelerator), "-m", "16M",
            "-display", "none", "-nodefaults", "-no-reboot",
            "-bios", firmwarePath,
        ] + program.arguments
    }

    /// True if this exit status of QEMU (128 + its number for a signal) is the guest's own doing.
    public func succeeded(status: Int32) -> Bool { status == program.status }
}
