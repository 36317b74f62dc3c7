import Running
import Testing

@Suite struct RunOptionTests {
    @Test(arguments: [
        ("8080:80", PublishedPort(host: 8080, guest: 80)),
        ("8080:80/tcp", PublishedPort(host: 8080, guest: 80)),
        ("53:5353/udp", PublishedPort(host: 53, guest: 5353, transport: .udp)),
        ("127.0.0.1:1:65535", PublishedPort(address: "127.0.0.1", host: 1, guest: 65535)),
    ])
    func ports(text: String, port: PublishedPort) throws {
        #expect(try PublishedPort(parsing: text) == port)
    }

    @Test(arguments: [
        "", "80", "80:", ":80", "0:80", "80:65536", "a:b", "1:2:3:4", "80:80/sctp", "80:80/tcp/udp",
        "x,y:1:2", "-1:2",
    ])
    func portsThatAreRefused(text: String) {
        #expect(throws: RunOptionError.self) { try PublishedPort(parsing: text) }
    }

    @Test(arguments: [
        ("disk.img", DiskOption(path: "disk.img")),
        ("file=a=b,format=raw", DiskOption(path: "a=b", format: "raw")),
        ("size=1G", DiskOption(size: 1024, format: "qcow2")),
        ("x,size=512M,format=raw", DiskOption(path: "x", size: 512, format: "raw")),
        ("x,size=512", DiskOption(path: "x", size: 512, format: "qcow2")),
    ])
    func disks(text: String, disk: DiskOption) throws {
        #expect(try DiskOption(parsing: text) == disk)
    }

    @Test(arguments: [
        "", "format=raw", "x,size=0", "x,size=", "x,size=G", "x,size=1T", "x,size=-1", "x,colour=red",
        "x,size=18446744073709551615G", "x,size=99999999999999999999",
    ])
    func disksThatAreRefused(text: String) {
        #expect(throws: RunOptionError.self) { try DiskOption(parsing: text) }
    }

    @Test func disksWithoutAPathLieInTheStateDirectory() throws {
        let disk = try DiskOption(parsing: "size=2G")
        #expect(disk.path(index: 0, state: "s") == "s/disk.img")
        #expect(disk.path(index: 2, state: "s") == "s/disk2.img")
        #expect(disk.creationArguments(path: "p") == ["create", "-q", "-f", "qcow2", "p", "2048M"])
        #expect(DiskOption(path: "p").creationArguments(path: "p") == nil)
    }

    @Test func networks() throws {
        #expect(try NetworkMode(parsing: "") == .user)
        #expect(try NetworkMode(parsing: "default") == .user)
        #expect(try NetworkMode(parsing: "user") == .user)
        #expect(try NetworkMode(parsing: "none") == .none)
        #expect(try NetworkMode(parsing: "bridge,br0") == .bridge("br0"))
        #expect(try NetworkMode(parsing: "tap,t") == .tap("t"))
        for wrong in ["bridge", "tap,", "vmnet", "user,x"] {
            #expect(throws: RunOptionError.self) { try NetworkMode(parsing: wrong) }
        }
    }

    @Test func accelerators() throws {
        #expect(try Accelerator.list(parsing: "kvm:tcg") == [.kvm, .tcg])
        #expect(throws: RunOptionError.self) { try Accelerator.list(parsing: "kvm:") }
    }

    @Test func architecturesAnswerToBothNames() {
        #expect(GuestArchitecture(name: "amd64") == .amd64)
        #expect(GuestArchitecture(name: "aarch64") == .arm64)
        #expect(GuestArchitecture(name: "s390x") == nil)
    }
}
