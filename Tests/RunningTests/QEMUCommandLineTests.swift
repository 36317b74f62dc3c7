import Running
import Testing

@Suite struct QEMUCommandLineTests {
    @Test func aKernelAndAnInitrdOnAPC() {
        var line = QEMUCommandLine(
            architecture: .amd64,
            boot: .kernel(path: "demo-kernel", initrd: "demo-initrd.img", commandLine: "console=ttyS0"))
        line.publishedPorts = [
            PublishedPort(address: "127.0.0.1", host: 16379, guest: 6379),
            PublishedPort(host: 5353, guest: 53, transport: .udp),
        ]
        line.cpus = 2
        line.memory = 512
        #expect(
            line.arguments == [
                "-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "2", "-m", "512M",
                "-device", "virtio-rng-pci",
                "-kernel", "demo-kernel", "-initrd", "demo-initrd.img", "-append", "console=ttyS0",
                "-netdev", "user,id=net0,hostfwd=tcp:127.0.0.1:16379-:6379,hostfwd=udp::5353-:53",
                "-device", "virtio-net-pci,netdev=net0",
                "-nographic",
            ])
    }

    @Test func otherBoardsAndAccelerators() {
        var line = QEMUCommandLine(architecture: .arm64, boot: .disk(.init(path: "a.img", format: "raw")))
        line.accelerator = .kvm
        line.network = .none
        line.console = .window
        #expect(
            line.arguments == [
                "-machine", "virt,accel=kvm", "-cpu", "host", "-smp", "1", "-m", "1024M",
                "-device", "virtio-rng-pci",
                "-drive", "file=a.img,index=0,media=disk,format=raw,if=virtio",
                "-net", "none",
            ])
    }

    /// `-cdrom` is the third place on a PC's controller.
    @Test func disksMakeRoomForTheCD() {
        var line = QEMUCommandLine(architecture: .amd64, boot: .cd(path: "a.iso"))
        line.disks = [.init(path: "1"), .init(path: "2"), .init(path: "3", format: "qcow2")]
        let drives = line.arguments.filter { $0.hasPrefix("file=") }
        #expect(
            drives == [
                "file=1,index=0,media=disk", "file=2,index=1,media=disk",
                "file=3,index=3,media=disk,format=qcow2",
            ])
        #expect(line.arguments.contains("-cdrom"))
    }

    @Test func theRootDiskIsNamedUnlessTheCommandLineDoes() {
        func append(_ commandLine: String) -> String? {
            let line = QEMUCommandLine(
                architecture: .amd64,
                boot: .kernelAndRoot(path: "k", root: "r", commandLine: commandLine))
            return line.arguments.firstIndex(of: "-append").map { line.arguments[$0 + 1] }
        }
        #expect(append("console=ttyS0") == "console=ttyS0 root=/dev/sda")
        #expect(append("root=/dev/vdb quiet") == "root=/dev/vdb quiet")
    }

    @Test func commasInPathsDoNotEndThem() {
        var line = QEMUCommandLine(architecture: .amd64, boot: .disk(.init(path: "a,b.img")))
        line.firmware = .flash("/f,w")
        line.console = .file("/log,1")
        let arguments = line.arguments
        #expect(arguments.contains("file=a,,b.img,index=0,media=disk"))
        #expect(arguments.contains("if=pflash,unit=0,format=raw,readonly=on,file=/f,,w"))
        #expect(arguments.contains("file,id=serial0,path=/log,,1"))
    }

    @Test func everyOptionReachesQEMU() {
        var line = QEMUCommandLine(architecture: .amd64, boot: .disk(.init(path: "d")))
        line.uuid = "u"
        line.processIDFile = "p"
        line.usb = true
        line.devices = ["usb-host"]
        line.endsOnReboot = true
        line.network = .tap("tap0")
        line.macAddress = "02:00:00:00:00:01"
        let text = line.arguments.joined(separator: " ")
        for part in [
            "-uuid u", "-pidfile p", "-usb", "-device usb-host", "-no-reboot",
            "-netdev tap,id=net0,ifname=tap0,script=no,downscript=no",
            "-device virtio-net-pci,netdev=net0,mac=02:00:00:00:00:01",
        ] {
            #expect(text.contains(part))
        }
    }
}
