import Bytes
import Host
import Running

/// The machine that `run qemu` starts, and the files to create first.
struct RunPlan {
    var machine: QEMUCommandLine
    /// Warnings to print before the machine starts.
    private(set) var warnings: [String] = []
    /// The `qemu-img` arguments for disks that do not exist yet.
    private var newDisks: [(path: String, arguments: [String])] = []
    private let state: MachineState
    private let metadata: [UInt8]?
    /// True if the machine cannot run without its state directory.
    private let needsState: Bool

    init(_ command: RunQEMUCommand) throws {
        let name = command.arch ?? HostEnvironment.machine
        guard let architecture = GuestArchitecture(name: name) else {
            throw Failure("unknown architecture \"\(name)\"; --arch takes amd64, arm64 or riscv64", .usage)
        }
        let source = try BootImages.source(command)
        machine = QEMUCommandLine(architecture: architecture, boot: try BootImages.boot(source))
        guard command.cpus > 0, command.mem > 0 else {
            throw Failure("--cpus and --mem must be at least 1", .usage)
        }
        machine.cpus = command.cpus
        machine.memory = command.mem
        machine.network = try NetworkMode(parsing: command.networking)
        machine.publishedPorts = try command.publish.map { try PublishedPort(parsing: $0) }
        if !machine.publishedPorts.isEmpty, machine.network != .user {
            throw Failure("--publish needs --networking user", .usage)
        }
        machine.devices = command.device
        machine.usb = command.usb

        let disks = try command.disk.map { try DiskOption(parsing: $0) }
        metadata = try command.metadata()
        state = try MachineState(command.state ?? "\(source.baseName)-state")
        needsState =
            command.state != nil || metadata != nil || command.detached || disks.contains { $0.path == nil }
        machine.macAddress = state.identity.macAddress
        machine.uuid = state.identity.uuid
        if needsState || state.isKept { machine.processIDFile = state.processIDPath }
        try setConsole(command)
        try setMetadata(source)
        for (index, disk) in disks.enumerated() {
            try add(disk, path: disk.path(index: index, state: state.directory), text: command.disk[index])
        }

        try BootImages.checkKernel(machine)
        let choice = FirmwareChoice(source: source, architecture: architecture, asked: command.uefi)
        machine.firmware = try choice.firmware(path: command.fw)
        warnings += choice.warnings(path: command.path, isUEFI: machine.firmware != nil)
        warnings += try BootImages.memoryWarnings(machine)
    }

    private mutating func setConsole(_ command: RunQEMUCommand) throws {
        machine.isDetached = command.detached
        if command.detached, command.gui {
            throw Failure("--detached cannot be used with --gui", .usage)
        }
        let file = command.console ?? (command.detached ? "\(state.directory)/console.log" : nil)
        machine.console = command.gui ? .window : file.map { .file($0) } ?? .terminal
    }

    private mutating func setMetadata(_ source: BootSource) throws {
        guard metadata != nil else { return }
        if case .cd = source.boot {
            throw Failure(
                "--data and --data-file need the CD drive that the machine boots from; use a disk or a kernel",
                .usage)
        }
        machine.metadataPath = "\(state.directory)/data.iso"
    }

    private mutating func add(_ disk: DiskOption, path: String, text: String) throws {
        if try FileStatus.following(path) == nil {
            guard let arguments = disk.creationArguments(path: path) else {
                throw Failure(
                    "--disk \(text): file not found; add a size to create it, as in \(text),size=1G",
                    .missingInput)
            }
            newDisks.append((path, arguments))
        }
        machine.disks.append(QEMUCommandLine.Drive(path: path, format: disk.format))
    }

    /// Creates the state directory with its files, and the disks that do not exist.
    func prepare(reporter: Reporter) throws {
        if needsState || state.isKept { try state.keep() }
        if let metadata, let path = machine.metadataPath {
            try MetadataDisc.write(metadata, to: AtomicFile(path: path)).commit()
        }
        for disk in newDisks {
            guard Command.find("qemu-img") != nil else { throw MissingProgram.image }
            reporter.note("creating \(disk.path)")
            _ = try Command("qemu-img", disk.arguments).runSuccessfully()
        }
    }
}
