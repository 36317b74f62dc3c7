import Foundation
import Host
import Outputs
import TestSupport
import Testing

extension Boot {
    /// UEFI firmware as Debian's packages ovmf and qemu-efi-aarch64 install it.
    private static let firmware: [BootKit.Architecture: String] = [
        .amd64: "/usr/share/ovmf/OVMF.fd", .arm64: "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd",
    ]

    /// False where something that machines need is not installed; under CI the tests run and fail then.
    static var areToolsThere: Bool {
        Tool.available("qemu-system-x86_64", "qemu-system-aarch64", "tar")
            && (Tool.isCI || firmware.values.allSatisfy(FileManager.default.fileExists(atPath:)))
    }

    private var program: String { architecture == .amd64 ? "qemu-system-x86_64" : "qemu-system-aarch64" }

    /// The machine that starts what was built into `directory`.
    func machine(in directory: String, console: String) throws -> Machine {
        if isRun { return try ownMachine(in: directory, console: console) }
        var arguments =
            architecture == .amd64
            ? ["-machine", "q35,accel=tcg"] : ["-machine", "virt,accel=tcg", "-cpu", "cortex-a57"]
        arguments += [
            "-m", String(memory), "-no-reboot", "-net", "none", "-display", "none", "-monitor", "none",
            "-chardev", "file,id=serial0,path=\(console)", "-serial", "chardev:serial0",
        ]
        switch firmware {
        case .bios: break
        case .efi: arguments += ["-bios", Self.firmware[architecture] ?? ""]
        case .none: arguments += try kernelArguments(in: directory)
        }
        if medium != .none { arguments += mediumArguments(try image(in: directory)) }
        return Machine(program: program, arguments: arguments)
    }

    /// The same by `run`, which gets the path only and becomes QEMU.
    private func ownMachine(in directory: String, console: String) throws -> Machine {
        let path = firmware == .none ? "\(directory)/kit" : try image(in: directory)
        return Machine(
            program: Executable.path,
            arguments: [
                "run", "qemu", "--arch", architecture.rawValue, "--accel", "tcg", "--networking", "none",
                "--console", console, path,
            ])
    }

    private func kernelArguments(in directory: String) throws -> [String] {
        let text = try String(contentsOfFile: "\(directory)/kit-cmdline", encoding: .utf8)
        var arguments = ["-kernel", "\(directory)/kit-kernel", "-append", "\(text) \(commandLine)"]
        let initrd = "\(directory)/kit-initrd.img"
        if FileManager.default.fileExists(atPath: initrd) { arguments += ["-initrd", initrd] }
        return arguments
    }

    private func mediumArguments(_ path: String) -> [String] {
        let suffix = path.split(separator: ".").last.map(String.init) ?? ""
        let kind = ["qcow2": "qcow2", "vhd": "vpc", "vmdk": "vmdk"][suffix] ?? "raw"
        // What the guest writes goes elsewhere.
        let drive = "file=\(path),format=\(kind),snapshot=on"
        return switch medium {
        case .cd: ["-cdrom", path]
        case .disk: ["-drive", drive]
        case .virtio: ["-drive", "\(drive),if=virtio"]
        case .usb:
            [
                "-device", "qemu-xhci", "-drive", "\(drive),if=none,id=stick",
                "-device", "usb-storage,drive=stick",
            ]
        case .none: []
        }
    }

    /// The file that becomes the medium, unpacked where the format is an archive.
    private func image(in directory: String) throws -> String {
        let suffixes = OutputFormats.named(format)?.suffixes ?? []
        let suffix = suffixes.first { !["-kernel", "-cmdline"].contains($0) } ?? ""
        guard suffix.hasSuffix(".tar.gz") else { return "\(directory)/kit\(suffix)" }
        try Tool.run("tar", ["-xzf", "kit\(suffix)"], in: directory)
        return "\(directory)/disk.raw"
    }
}

extension BootKit {
    /// The options for what starts the kernel, made of Debian's packages.
    static func bootFiles(_ format: String) -> [String] {
        if format.hasPrefix("kernel+") { return [] }
        return ["--bios-boot", "@pkg:packages/boot-bios", "--efi-boot", "@pkg:packages/boot-efi"]
    }
}

extension Boot {
    /// Starts what was built into `directory` and waits for the lines.
    func expectLines(in directory: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let console = "\(directory)/console"
        try? FileManager.default.removeItem(atPath: console)
        let end = try await machine(in: directory, console: console).run(console: console, until: lines)
        #expect(
            end.missing.isEmpty,
            "\(self): the console lacks \(end.missing); \(end.errors)\n\(end.console.suffix(4000))",
            sourceLocation: sourceLocation)
    }
}
