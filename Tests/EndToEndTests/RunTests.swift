import Host
import TestSupport
import Testing

/// `run` finds out what a path is. QEMU itself is not started: the boot tests do that.
@Suite struct RunTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a-kernel", "a-squashfs.img", "a-efi.img", "a.iso", "firmware", "old.qcow2"] {
            try folder.write(name, name)
        }
        try folder.write("a-cmdline", "console=ttyS0")
    }

    private func run(_ arguments: [String]) throws -> Command.Result {
        try Executable.run(
            ["run", "qemu", "--dry-run", "--qemu", "true", "--accel", "tcg", "--arch", "amd64"] + arguments,
            in: folder.path)
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
            (["--state", "s", "a.iso"], "-pidfile s/qemu.pid"),
        ])
    func commandLine(arguments: [String], part: String) throws {
        let result = try run(["--networking", "none"] + arguments)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains(part), "\(result.outputText)")
        #expect(try folder.list().filter { $0.hasSuffix("state") || $0 == "s" } == [], "nothing is made")
    }

    @Test(
        "What cannot be started is refused with what to do",
        arguments: [
            (["nothing"], "nothing and nothing-kernel: not there"),
            (["--erofs", "a"], "a-erofs.img: not there"),
            (["--iso", "--squashfs", "a"], "--iso and --squashfs contradict each other"),
            (["--disk", "none.img", "a"], "--disk none.img: no such file; add a size"),
            (["--fw", "none", "a.iso"], "--fw none: no such file"),
            (["--publish", "1:2", "--networking", "none", "a"], "--publish needs --networking user"),
        ])
    func refused(arguments: [String], message: String) throws {
        let result = try run(arguments)
        #expect(result.status != 0)
        #expect(result.errorText.contains(message), "\(result.errorText)")
    }
}
