import ArgumentParser
import Bytes
import Host
import Running

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Boot an image in a virtual machine.",
        subcommands: [RunQEMUCommand.self],
        defaultSubcommand: RunQEMUCommand.self)
}

struct RunQEMUCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qemu",
        abstract: "Boot kernel and initrd in QEMU, the serial console on this terminal.",
        discussion: """
            PATH is the base name that build wrote: PATH-kernel, PATH-initrd.img and PATH-cmdline. KVM is used \
            where it really runs guests, which is tried first; software emulation elsewhere. Ctrl-A X ends QEMU.

            Examples:
              \(Invocation.name) run demo
              \(Invocation.name) run qemu --mem 2048 --cpus 2 --publish 6379:6379 demo
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("Base name of the files to boot.", valueName: "path"))
    var path: String

    @Option(
        help: "Architecture of the machine: amd64, arm64, riscv64 or QEMU's name. Default: this machine's.")
    var arch: String?

    @Option(help: "Accelerators to try in order: kvm, hvf, tcg, separated by colons. Default: kvm:tcg.")
    var accel = "kvm:tcg"

    @Option(help: "Processors.")
    var cpus = 1

    @Option(help: "Memory in MiB.")
    var mem = 1024

    @Option(help: ArgumentHelp("Forward a port: HOST:GUEST[/tcp|udp]. May be repeated.", valueName: "ports"))
    var publish: [String] = []

    @Option(help: "Network: user (the default), none, bridge,NAME or tap,NAME.")
    var networking = "user"

    @Option(
        help: ArgumentHelp(
            "An existing disk: a path, or file=PATH,format=FORMAT. May be repeated.", valueName: "disk"))
    var disk: [String] = []

    @Option(help: ArgumentHelp("Write the console to a file instead of the terminal.", valueName: "file"))
    var console: String?

    @Option(help: ArgumentHelp("A value for QEMU's -device. May be repeated.", valueName: "device"))
    var device: [String] = []

    @Option(help: ArgumentHelp("The QEMU program, where it is not in PATH.", valueName: "program"))
    var qemu: String?

    @Flag(help: "Open a window with a screen.")
    var gui = false

    @Flag(help: "Boot kernel and initrd; the only way of now, accepted for LinuxKit's sake.")
    var kernel = false

    @Flag(help: "Print QEMU's command line and stop.")
    var dryRun = false

    func run() throws {
        let reporter = global.reporter
        do {
            var machine = try commandLine()
            let program = qemu ?? machine.architecture.program
            guard Command.find(program) != nil else { throw CommandError.notFound(program: program) }
            machine.accelerator = try chooseAccelerator(
                machine.architecture, program: program, reporter: reporter)
            if dryRun {
                return try Output.print(
                    ([program] + machine.arguments).map(ShellWord.quoted).joined(separator: " "))
            }
            reporter.note("booting \(path) with \(machine.accelerator.rawValue)")
            try HostProcess.become(program, machine.arguments)
        } catch let error as RunOptionError {
            throw Failure("--\(error.option) \(error.value): \(error.reason)", .usage)
        }
    }

    private func commandLine() throws -> QEMUCommandLine {
        let name = arch ?? HostEnvironment.machine
        guard let architecture = GuestArchitecture(name: name) else {
            throw Failure("unknown architecture \"\(name)\"; --arch takes amd64, arm64 or riscv64", .usage)
        }
        let kernel = "\(path)-kernel"
        guard try FileStatus.following(kernel) != nil else {
            throw Failure(
                "\(kernel) is not there; build it with \(Invocation.name) build -f kernel+initrd, "
                    + "and give the name without -kernel", .missingInput)
        }
        let initrd = "\(path)-initrd.img"
        var text = ""
        if try FileStatus.following("\(path)-cmdline") != nil {
            var source = RangeSource(try ReadableFile(path: "\(path)-cmdline"))
            text = String(decoding: try source.readAll(limit: 1 << 16, of: "\(path)-cmdline"), as: UTF8.self)
        }
        var machine = QEMUCommandLine(
            architecture: architecture,
            boot: .kernel(
                path: kernel, initrd: try FileStatus.following(initrd) == nil ? nil : initrd,
                commandLine: text))
        guard cpus > 0, mem > 0 else { throw Failure("--cpus and --mem must be at least 1", .usage) }
        machine.cpus = cpus
        machine.memory = mem
        machine.network = try NetworkMode(parsing: networking)
        machine.publishedPorts = try publish.map { try PublishedPort(parsing: $0) }
        machine.disks = try disk.map(Self.drive)
        machine.devices = device
        machine.console = gui ? .window : console.map { .file($0) } ?? .terminal
        return machine
    }

    private static func drive(_ text: String) throws -> QEMUCommandLine.Drive {
        let option = try DiskOption(parsing: text)
        guard let path = option.path, try FileStatus.following(path) != nil else {
            throw Failure(
                "--disk \(text): no such file; make a disk first, as with qemu-img create", .missingInput)
        }
        return QEMUCommandLine.Drive(path: path, format: option.format)
    }

    /// The first accelerator that starts a guest when tried.
    private func chooseAccelerator(
        _ architecture: GuestArchitecture, program: String, reporter: Reporter
    ) throws -> Accelerator {
        for accelerator in try Accelerator.list(parsing: accel) {
            if accelerator == .tcg { return .tcg }
            guard HostEnvironment.machine == architecture.rawValue,
                let probe = AcceleratorProbe(architecture: architecture, accelerator: accelerator)
            else { continue }
            if try Self.works(probe, program: program) { return accelerator }
            reporter.note("\(accelerator.rawValue) does not run guests here")
        }
        if accel.contains("tcg") { return .tcg }
        throw Failure(
            "none of the accelerators \(accel) works for \(architecture.rawValue); add tcg", .unavailable)
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

/// A word as a shell reads it back.
enum ShellWord {
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_./:=,+@%".utf8.contains(byte)
        }
        if plain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            + "'"
    }
}
