import Bytes
import Host
import Running

/// What `run qemu` was asked for: the machine, and the disks that must be made first.
struct RunPlan {
    var machine: QEMUCommandLine
    /// `qemu-img` arguments of disks that are not there yet.
    private var newDisks: [(path: String, arguments: [String])] = []
    private let stateFolder: String?

    init(_ command: RunQEMUCommand) throws {
        let name = command.arch ?? HostEnvironment.machine
        guard let architecture = GuestArchitecture(name: name) else {
            throw Failure("unknown architecture \"\(name)\"; --arch takes amd64, arm64 or riscv64", .usage)
        }
        let source = try Self.source(command)
        machine = QEMUCommandLine(architecture: architecture, boot: try Self.boot(source))
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
        machine.console = command.gui ? .window : command.console.map { .file($0) } ?? .terminal
        machine.firmware = try Self.firmware(command, source, architecture)
        let state = command.state ?? "\(source.baseName)-state"
        let disks = try command.disk.map { try DiskOption(parsing: $0) }
        stateFolder = command.state != nil || disks.contains { $0.path == nil } ? state : nil
        if command.state != nil { machine.processIDFile = "\(state)/qemu.pid" }
        for (index, disk) in disks.enumerated() {
            try add(disk, path: disk.path(index: index, state: state), text: command.disk[index])
        }
    }

    private static func source(_ command: RunQEMUCommand) throws -> BootSource {
        let given: [(isSet: Bool, kind: BootSource.Kind)] = [
            (command.iso, .iso), (command.kernel, .kernel), (command.squashfs, .squashfs),
            (command.erofs, .erofs),
        ]
        let kinds = given.filter(\.isSet).map(\.kind)
        guard kinds.count <= 1 else {
            let names = kinds.map { "--\($0.rawValue)" }.joined(separator: " and ")
            throw Failure("\(names) contradict each other", .usage)
        }
        do throws(BootSourceError) {
            return try BootSource(path: command.path, kind: kinds.first) { path in
                guard let status = try? FileStatus.following(path) else { return false }
                return status.kind != .folder
            }
        } catch {
            throw Failure(
                "\(error.missing.joined(separator: " and ")): not there; give an image or the base name that "
                    + "\(Invocation.name) build wrote, without -kernel", .missingInput)
        }
    }

    /// The boot with the kernel's command line, where there is one.
    private static func boot(_ source: BootSource) throws -> QEMUCommandLine.Boot {
        guard let path = source.commandLinePath, try FileStatus.following(path) != nil else {
            return source.boot
        }
        var file = RangeSource(try ReadableFile(path: path))
        let text = String(decoding: try file.readAll(limit: 1 << 16, of: path), as: UTF8.self)
        switch source.boot {
        case .kernel(let path, let initrd, _): return .kernel(path: path, initrd: initrd, commandLine: text)
        case .kernelAndRoot(let path, let root, _):
            return .kernelAndRoot(path: path, root: root, commandLine: text)
        case .cd, .disk: return source.boot
        }
    }

    private static func firmware(
        _ command: RunQEMUCommand, _ source: BootSource, _ architecture: GuestArchitecture
    ) throws -> UEFIFirmware? {
        let isNeeded = source.commandLinePath == nil && (source.wantsUEFI || architecture != .amd64)
        guard command.uefi || command.fw != nil || isNeeded else { return nil }
        for path in command.fw.map({ [$0] }) ?? architecture.firmwareCandidates {
            guard let status = try FileStatus.following(path), status.kind == .regular else { continue }
            return UEFIFirmware(path: path, size: status.size, architecture: architecture)
        }
        if let path = command.fw { throw Failure("--fw \(path): no such file", .missingInput) }
        throw Failure(
            "no UEFI firmware for \(architecture.rawValue) found; install it (Debian: ovmf, qemu-efi-aarch64, "
                + "qemu-efi-riscv64) or name it with --fw", .unavailable)
    }

    private mutating func add(_ disk: DiskOption, path: String, text: String) throws {
        if try FileStatus.following(path) == nil {
            guard let arguments = disk.creationArguments(path: path) else {
                throw Failure(
                    "--disk \(text): no such file; add a size to have it made, as in \(text),size=1G",
                    .missingInput)
            }
            newDisks.append((path, arguments))
        }
        machine.disks.append(QEMUCommandLine.Drive(path: path, format: disk.format))
    }

    /// Makes the state folder and the disks that are not there.
    func makeDisks(reporter: Reporter) throws {
        if let stateFolder { try Folder.create(stateFolder) }
        for disk in newDisks {
            reporter.note("making \(disk.path)")
            _ = try Command("qemu-img", disk.arguments).runSuccessfully()
        }
    }
}
