import Host
import TestSupport
import Testing

/// `run` finds out what a path is. QEMU itself is not started: the boot tests do that.
@Suite struct RunTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["a-kernel", "a-squashfs.img", "a-efi.img", "a.iso", "firmware", "old.qcow2"] {
            try directory.write(name, name)
        }
        try directory.write("a-cmdline", "console=ttyS0")
    }

    private func run(_ arguments: [String]) throws -> Command.Result {
        try Executable.run(
            ["run", "qemu", "--dry-run", "--qemu", "true", "--accel", "tcg", "--arch", "amd64"] + arguments,
            in: directory.path)
    }

    @Test(
        "The command line has what the path and the options say",
        arguments: [
            (["a"], "-kernel a-kernel -append 'console=ttyS0 root=/dev/sda'"),
            (["a"], "-drive file=a-squashfs.img,index=0,media=disk,format=raw"),
            (["--iso", "a"], "-drive file=a.iso,index=0,media=disk,format=raw"),
            (["--kernel", "a"], "-kernel a-kernel -append console=ttyS0 -net"),
            (["a.iso"], "-cdrom a.iso -boot d"),
            (["--fw", "firmware", "a-efi.img"], "if=pflash,unit=0,format=raw,readonly=on,file=firmware"),
            (["--fw", "firmware", "--arch", "arm64", "a.iso"], "-bios firmware -cdrom a.iso"),
            (
                ["--disk", "old.qcow2,format=qcow2", "a.iso"],
                "file=old.qcow2,index=0,media=disk,format=qcow2"
            ),
            (["--disk", "size=1G", "a.iso"], "file=a-state/disk.img,index=0,media=disk,format=qcow2"),
            (["--state", "s", "a.iso"], "-pidfile s/qemu.pid"), (["a"], "-pidfile a-state/qemu.pid"),
            (["--data", "text", "a"], "-cdrom a-state/data.iso -drive file=a-squashfs.img,index=0"),
            (["--detached", "a"], "-daemonize"), (["--detached", "a"], "path=a-state/console.log"),
        ])
    func commandLine(arguments: [String], part: String) throws {
        let result = try run(["--networking", "none"] + arguments)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains(part), "\(result.outputText)")
        #expect(try directory.list().filter { $0.hasSuffix("state") || $0 == "s" } == [], "nothing is made")
    }

    @Test(
        "What cannot be started is refused with what to do",
        arguments: [
            (["nothing"], "nothing and nothing-kernel: not found"),
            (["--erofs", "a"], "a-erofs.img: not found"),
            (["--iso", "--squashfs", "a"], "conflicting options: --iso and --squashfs"),
            (["--disk", "none.img", "a"], "--disk none.img: file not found; add a size"),
            (["--fw", "none", "a.iso"], "--fw none: no such file"),
            (["--publish", "1:2", "--networking", "none", "a"], "--publish needs --networking user"),
            (["--data", "x", "--data-file", "a-cmdline", "a"], "--data cannot be used with --data-file"),
            (["--data", "x", "a.iso"], "--data and --data-file need the CD drive"),
            (["--detached", "--gui", "a"], "--detached cannot be used with --gui"),
            (["--state", "firmware", "a"], "firmware: not a directory"),
        ])
    func refused(arguments: [String], message: String) throws {
        let result = try run(arguments)
        #expect(result.status != 0)
        #expect(result.errorText.contains(message), "\(result.errorText)")
    }

    /// What follows `option` in the command line.
    private func value(of option: String, _ arguments: [String]) throws -> String {
        let words = try run(arguments).outputText.split { $0 == " " || $0 == "," || $0 == "\n" }
        if let index = words.firstIndex(of: Substring(option)) { return String(words[index + 1]) }
        let word = try #require(words.first { $0.hasPrefix("\(option)=") }, "\(option) is not there")
        return String(word.dropFirst(option.count + 1))
    }

    @Test("A machine keeps its addresses, and no two have the same")
    func identity() throws {
        let address = try value(of: "mac", ["a"])
        let uuid = try value(of: "-uuid", ["a"])
        #expect(address.wholeMatch(of: /[0-9a-f][26ae](:[0-9a-f]{2}){5}/) != nil, "\(address)")
        #expect(
            uuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(try value(of: "mac", ["a"]) == address)
        #expect(try value(of: "mac", ["--state", "a-state/", "a"]) == address)
        for other in [["--state", "other", "a"], ["a-efi.img", "--state", "third"], ["old.qcow2"]] {
            #expect(try value(of: "mac", other) != address)
            #expect(try value(of: "-uuid", other) != uuid)
        }
        // LinuxKit's file.
        try directory.write("a-state/mac-addr", "9a:bc:de:f0:12:34\n")
        try directory.write("a-state/uuid", "9B0F77A4-1C5B-4F2E-8C12-0A1B2C3D4E5F")
        #expect(try value(of: "mac", ["a"]) == "9a:bc:de:f0:12:34")
        #expect(try value(of: "-uuid", ["a"]) == "9b0f77a4-1c5b-4f2e-8c12-0a1b2c3d4e5f")
        for wrong in ["", "nonsense", "01:00:5e:00:00:01", "9a:bc:de:f0:12"] {
            try directory.write("a-state/mac-addr", wrong)
            let result = try run(["a"])
            #expect(
                result.status == 65 && result.errorText.contains("a-state/mac-addr: "), "\(result.errorText)")
        }
    }

    @Test("A start keeps them where the state is, and a second machine with the same state is refused")
    func start() throws {
        let address = try value(of: "mac", ["a"])
        func start() throws -> Command.Result {
            try Executable.run(
                [
                    "run", "qemu", "--qemu", "true", "--accel", "tcg", "--arch", "amd64", "--data", "text",
                    "a",
                ],
                in: directory.path)
        }
        #expect(try start().status == 0)
        #expect(try directory.list("a-state") == ["data.iso", "mac-addr", "uuid"])
        #expect(try String(decoding: directory.read("a-state/mac-addr"), as: UTF8.self) == address)
        // Elsewhere it is the same machine.
        try Tool.run("mv", ["a-state", "moved"], in: directory.path)
        #expect(try value(of: "mac", ["--state", "moved", "a"]) == address)
        try Tool.run("mv", ["moved", "a-state"], in: directory.path)
        // As QEMU holds it.
        try directory.write("a-state/qemu.pid", "1\n")
        #expect(try start().status == 0, "left by a machine that was killed")
        let lock = try FileLock(path: "\(directory.path)/a-state/qemu.pid")
        let second = try start()
        #expect(second.status == 69 && second.errorText.contains("a machine is running with this state"))
        _ = consume lock
    }

    @Test("Without QEMU, the package that has it is named; a dry run prints all the same")
    func withoutQEMU() throws {
        let dry = try Executable.run(
            ["run", "--dry-run", "--qemu", "absent", "--arch", "amd64", "a"], in: directory.path)
        #expect(dry.status == 0 && dry.outputText.contains("-kernel a-kernel"))
        #expect(dry.errorText.contains("warning: absent is not installed"), "\(dry.errorText)")
        for (architecture, package) in [("amd64", "qemu-system-x86"), ("riscv64", "qemu-system-misc")] {
            let real = try Executable.run(
                ["run", "qemu", "--qemu", "absent", "--accel", "tcg", "--arch", architecture, "a"],
                in: directory.path)
            #expect(real.status == 69 && real.errorText.contains(package), "\(real.errorText)")
        }
    }
}
