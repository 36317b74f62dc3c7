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
        abstract: "Boot an image in QEMU, with the serial console on this terminal.",
        discussion: """
            PATH is a CD, a disk (raw, qcow2, VHD, VHDX, VMDK, VDI) or the base name of a kernel: PATH-kernel with \
            PATH-initrd.img, PATH-squashfs.img, PATH-erofs.img or PATH.iso. The format of a file, and whether it \
            boots under BIOS or UEFI, is read from its contents, not from its name. For a kernel with its root in a \
            file, root= is set to the first disk, unless its command line has a root=. The machine's MAC address and \
            UUID are kept in its state directory. KVM is used if a test shows that it can run guests, and software \
            emulation otherwise. Press Ctrl-A X to quit QEMU.

            Examples:
              \(Invocation.name) run demo
              \(Invocation.name) run qemu --mem 2048 --cpus 2 --publish 6379:6379 demo
              \(Invocation.name) run qemu demo-efi.qcow2
              \(Invocation.name) run qemu --uefi demo-hybrid.iso
              \(Invocation.name) run qemu --state second demo
              \(Invocation.name) run qemu --squashfs --disk size=4G demo
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("A CD, a disk, or the base name of a kernel's files.", valueName: "path"))
    var path: String

    @Flag(help: "PATH is a CD, or the base name of a kernel with its root on a CD.")
    var iso = false

    @Flag(help: "PATH is the base name of a kernel with its initrd.")
    var kernel = false

    @Flag(help: "PATH is the base name of a kernel with its root on squashfs.")
    var squashfs = false

    @Flag(help: "PATH is the base name of a kernel with its root on EROFS.")
    var erofs = false

    @Flag(
        inversion: .prefixedNo,
        help:
            "Boot with UEFI firmware or with a BIOS. Default: whichever the image supports, a BIOS if it supports both."
    )
    var uefi: Bool?

    @Option(
        help: ArgumentHelp(
            "UEFI firmware. Default: the one installed by the distribution.", valueName: "file"))
    var fw: String?

    @Option(
        help: "Architecture of the machine: amd64, arm64, riscv64 or QEMU's name. Default: this machine's.")
    var arch: String?

    @Option(help: "Accelerators to try in order (kvm, hvf, tcg), separated by colons.")
    var accel = "kvm:tcg"

    @Option(help: "Number of processors.")
    var cpus = 1

    @Option(help: "Memory in MiB.")
    var mem = 1024

    @Option(help: ArgumentHelp("Forward a port: HOST:GUEST[/tcp|udp] (repeatable).", valueName: "ports"))
    var publish: [String] = []

    @Option(help: "Network: user, none, bridge,NAME or tap,NAME.")
    var networking = "user"

    @Option(
        help: ArgumentHelp(
            "Add a disk: [file=]PATH[,size=1G][,format=qcow2]. With a size, it is created if it does not exist "
                + "(repeatable).", valueName: "disk"))
    var disk: [String] = []

    @Option(
        help: ArgumentHelp(
            "Directory for the machine's MAC address and UUID, disks without a path, and qemu.pid. Default: the base "
                + "name with -state.",
            valueName: "directory"))
    var state: String?

    @Option(help: ArgumentHelp("Write the console to a file instead of the terminal.", valueName: "file"))
    var console: String?

    @Option(help: ArgumentHelp("Value for QEMU's -device option (repeatable).", valueName: "device"))
    var device: [String] = []

    @Flag(help: "Add a USB controller, for --device usb-host.")
    var usb = false

    @Option(help: ArgumentHelp("Metadata for the guest, provided on a CD.", valueName: "text"))
    var data: String?

    @Option(help: ArgumentHelp("File with metadata for the guest, provided on a CD.", valueName: "file"))
    var dataFile: String?

    @Flag(help: "Run in the background; the console goes to console.log in the state directory.")
    var detached = false

    @Option(help: ArgumentHelp("Path of the QEMU program. Default: looked up in PATH.", valueName: "program"))
    var qemu: String?

    @Flag(help: "Open a window with the machine's screen.")
    var gui = false

    @Flag(help: "Print QEMU's command line without running it.")
    var dryRun = false

    func run() throws {
        let reporter = global.reporter
        do {
            var plan = try RunPlan(self)
            let architecture = plan.machine.architecture
            let program = qemu ?? architecture.program
            for warning in plan.warnings { reporter.warning(warning) }
            let choice = AcceleratorChoice(list: accel)
            guard Command.find(program).map({ FileStatus.isExecutable($0) }) == true else {
                let failure = MissingProgram.emulator(program, for: architecture)
                guard dryRun else { throw failure }
                // The command line can be printed without an accelerator.
                reporter.warning(failure.message)
                plan.machine.accelerator = try choice.last
                return try printCommand(program, plan.machine)
            }
            plan.machine.accelerator = try choice.choose(architecture, program: program, reporter: reporter)
            if dryRun { return try printCommand(program, plan.machine) }
            try plan.prepare(reporter: reporter)
            reporter.note("booting \(path) with \(plan.machine.accelerator.rawValue)")
            try HostProcess.become(program, plan.machine.arguments)
        } catch let error as RunOptionError {
            throw Failure("--\(error.option) \(error.value): \(error.reason)", .usage)
        }
    }

    private func printCommand(_ program: String, _ machine: QEMUCommandLine) throws {
        try Output.print(([program] + machine.arguments).map(ShellWord.quoted).joined(separator: " "))
    }

    /// The metadata for the guest; nil without either option.
    func metadata() throws -> [UInt8]? {
        guard data == nil || dataFile == nil else {
            throw Failure("--data cannot be used with --data-file", .usage)
        }
        if let data { return Array(data.utf8) }
        guard let dataFile else { return nil }
        var source = RangeSource(try ReadableFile(path: dataFile))
        return try source.readAll(limit: 64 << 20, of: dataFile)
    }
}

/// Quotes words for a POSIX shell.
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
