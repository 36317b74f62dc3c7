import Foundation
import Host
import TestSupport

/// Linux itself, started on an initrd with a script as its first process.
struct VirtualMachine {
    static let kernel = "\((Conformance.root as NSString).deletingLastPathComponent)/shared/kernel/bzImage"

    static var exists: Bool { FileManager.default.fileExists(atPath: kernel) }

    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Boots `initrd` with `script` for busybox's shell, `$B`, and returns what the serial console showed. The image
    /// `disk` is `/dev/vda`.
    func run(initrd: [UInt8], disk: String? = nil, script: String) throws -> String {
        let shell = "/oracle/busybox"
        try directory.write(
            "extra/oracle/init", "#!\(shell) sh\nB=\(shell)\n\(script)\n$B poweroff -f\n")
        try Tool.run("cp", [try busybox(), "\(directory.path)/extra/oracle/busybox"])
        try Tool.run("chmod", ["755", "\(directory.path)/extra/oracle/init"])
        let names = "oracle\noracle/init\noracle/busybox\n"
        let extra = try Tool.run(
            "cpio", ["-o", "-H", "newc", "--quiet", "--owner=0:0"], in: "\(directory.path)/extra",
            input: Array(names.utf8)
        ).output
        // The kernel unpacks one archive after the other, each at a multiple of 4.
        let padding = [UInt8](repeating: 0, count: (4 - initrd.count % 4) % 4)
        try directory.write("initrd", initrd + padding + extra)
        var arguments = [
            "-machine", "q35,accel=tcg", "-m", "512", "-nographic", "-no-reboot", "-net", "none", "-kernel",
            Self.kernel, "-initrd", "\(directory.path)/initrd", "-append",
            "console=ttyS0 panic=-1 quiet no_timer_check rdinit=/oracle/init",
        ]
        if let disk { arguments += ["-drive", "file=\(disk),format=raw,if=virtio,readonly=on"] }
        let result = try Command("qemu-system-x86_64", arguments, timeLimit: 120).run()
        return result.outputText
    }

    private func busybox() throws -> String {
        guard let path = Command.find("busybox") else {
            throw CommandError.notFound(program: "busybox")
        }
        return path
    }
}
