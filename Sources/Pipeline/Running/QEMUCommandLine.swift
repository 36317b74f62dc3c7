/// What `run qemu` starts: a virtual machine as a value, and the arguments QEMU gets for it.
///
/// The options of LinuxKit's `run qemu` and where they are here: `--arch` (`architecture`), `--accel` (`accelerator`),
/// `--cpus`, `--mem` (MiB), `--publish` (`publishedPorts`), `--networking`, `--disk`, `--uefi` with `--fw` (`firmware`),
/// `--gui` (`console`), `--iso`, `--kernel`, `--squashfs` and the path (`boot`), `--state` (`processIDFile`, `DiskOption.path`),
/// `--device` (`devices`), `--usb`, `--data` (`metadataPath`), `--detached` (`isDetached`), `--qemu` (the program, which the caller starts).
public struct QEMUCommandLine: Sendable, Equatable {
    /// What the machine starts from.
    public enum Boot: Sendable, Equatable {
        /// QEMU loads kernel and initrd itself.
        case kernel(path: String, initrd: String?, commandLine: String)
        /// QEMU loads the kernel; the root file system is the first disk.
        case kernelAndRoot(path: String, root: String, commandLine: String)
        case cd(path: String)
        /// The first disk.
        case disk(Drive)
    }

    /// A disk that exists; its format is QEMU's to find out when nil.
    public struct Drive: Sendable, Equatable {
        public var path: String
        public var format: String?

        public init(path: String, format: String? = nil) {
            self.path = path
            self.format = format
        }
    }

    /// Where the serial console goes.
    public enum Console: Sendable, Equatable {
        /// Standard input and output; Ctrl-A X ends QEMU.
        case terminal
        /// A file, which QEMU overwrites.
        case file(String)
        /// A window with a screen.
        case window
    }

    public var architecture: GuestArchitecture
    public var accelerator: Accelerator = .tcg
    public var boot: Boot
    public var cpus = 1
    /// MiB.
    public var memory = 1024
    public var network = NetworkMode.user
    public var publishedPorts: [PublishedPort] = []
    /// Further disks.
    public var disks: [Drive] = []
    /// Nil for the machine's own: a BIOS, on a PC.
    public var firmware: UEFIFirmware?
    public var console = Console.terminal
    /// The network card's address, `52:54:00:12:34:56`; nil for QEMU's default.
    public var macAddress: String?
    public var uuid: String?
    public var processIDFile: String?
    public var usb = false
    /// Values of `-device`.
    public var devices: [String] = []
    /// A CD besides, unless the machine starts from one: LinuxKit's `--data`.
    public var metadataPath: String?
    /// Run in the background, the console in a file.
    public var isDetached = false
    /// True if QEMU shall end when the guest would reboot.
    public var endsOnReboot = false

    public init(architecture: GuestArchitecture, boot: Boot) {
        self.architecture = architecture
        self.boot = boot
    }

    /// The arguments for `architecture.program`.
    public var arguments: [String] {
        machineArguments + bootArguments + diskArguments + networkArguments + consoleArguments
    }

    private var machineArguments: [String] {
        var arguments = [
            "-machine", "\(architecture.machine),accel=\(accelerator.rawValue)",
            "-cpu", architecture.processor(accelerator),
            "-smp", String(cpus), "-m", "\(memory)M",
            // Without a source of chance a guest may wait long for its first random number.
            "-device", "virtio-rng-pci",
        ]
        if let uuid { arguments += ["-uuid", uuid] }
        if let processIDFile { arguments += ["-pidfile", processIDFile] }
        if usb { arguments += ["-usb"] }
        for device in devices { arguments += ["-device", device] }
        if endsOnReboot { arguments += ["-no-reboot"] }
        if isDetached { arguments += ["-daemonize"] }
        return arguments
    }

    private var bootArguments: [String] {
        var arguments = firmware?.arguments ?? []
        switch boot {
        case .kernel(let path, let initrd, let commandLine):
            arguments += ["-kernel", path]
            if let initrd { arguments += ["-initrd", initrd] }
            if !commandLine.isEmpty { arguments += ["-append", commandLine] }
        case .kernelAndRoot(let path, _, let commandLine):
            arguments += ["-kernel", path, "-append", withRoot(commandLine)]
        case .cd(let path):
            arguments += ["-cdrom", path, "-boot", "d"]
        case .disk: break
        }
        return arguments
    }

    /// The command line with `root=` for the first disk, unless it has one.
    private func withRoot(_ commandLine: String) -> String {
        let words = commandLine.split(separator: " ")
        if words.contains(where: { $0.hasPrefix("root=") }) { return commandLine }
        return (words + ["root=\(architecture.firstDisk)"]).joined(separator: " ")
    }

    private var hasCD: Bool {
        if case .cd = boot { return true }
        return metadataPath != nil && architecture == .amd64
    }

    private var diskArguments: [String] {
        var drives = disks
        switch boot {
        case .disk(let drive): drives.insert(drive, at: 0)
        case .kernelAndRoot(_, let root, _): drives.insert(Drive(path: root, format: "raw"), at: 0)
        case .kernel, .cd: break
        }
        let metadata = metadataPath.map { path in
            architecture == .amd64
                ? ["-cdrom", path]
                : ["-drive", "file=\(Self.escaped(path)),if=virtio,media=cdrom,readonly=on,format=raw"]
        }
        return (metadata ?? [])
            + drives.enumerated().flatMap { number, drive in
                // On a PC, -cdrom takes the third place.
                let index = hasCD && number >= 2 ? number + 1 : number
                var value = "file=\(Self.escaped(drive.path)),index=\(index),media=disk"
                if let format = drive.format { value += ",format=\(format)" }
                if let interface = architecture.driveInterface { value += ",if=\(interface)" }
                return ["-drive", value]
            }
    }

    private var networkArguments: [String] {
        let backend: String
        switch network {
        case .none: return ["-net", "none"]
        case .user:
            backend = (["user", "id=net0"] + publishedPorts.map(\.forwardingRule)).joined(separator: ",")
        case .bridge(let name): backend = "bridge,id=net0,br=\(Self.escaped(name))"
        case .tap(let name): backend = "tap,id=net0,ifname=\(Self.escaped(name)),script=no,downscript=no"
        }
        let address = macAddress.map { ",mac=\($0)" } ?? ""
        return ["-netdev", backend, "-device", "virtio-net-pci,netdev=net0\(address)"]
    }

    private var consoleArguments: [String] {
        switch console {
        case .terminal: ["-nographic"]
        case .window: []
        case .file(let path):
            [
                "-display", "none", "-monitor", "none",
                "-chardev", "file,id=serial0,path=\(Self.escaped(path))", "-serial", "chardev:serial0",
            ]
        }
    }

    /// A value for one of QEMU's comma-separated lists: a comma in it is doubled.
    static func escaped(_ value: String) -> String {
        value.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }
}
