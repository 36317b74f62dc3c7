import Assembly
import Bytes
import Digests
import FileTree
import Tar
import TestSupport
import Testing

@testable import Outputs

@Suite("Limits of kernels, boot loaders and clouds") struct LimitTests {
    private static func format(_ name: String) throws -> OutputFormat {
        try #require(OutputFormats.named(name))
    }

    private static func file(_ name: ByteString, _ size: UInt64) -> AssembledEntry {
        var header = TarHeader(name: name, typeFlag: .regular)
        header.mode = 0o644
        header.size = size
        let digest = SHA256Digest(hashing: "never read")
        return AssembledEntry(
            entry: TarEntry(
                header: header,
                contents: .blob(digest: digest, offset: 0, length: size, contentDigest: digest)))
    }

    private static func session(
        _ entries: [AssembledEntry], architecture: String = "amd64", diskSize: UInt64? = nil
    ) -> OutputSession {
        var options = OutputSession.Options(base: "/nowhere/kit", jobs: 1, architecture: architecture)
        options.diskSize = diskSize
        return OutputSession(
            image: AssembledImage(body: entries), store: NoBlobs(), stamp: BuildStamp(), options: options)
    }

    private static let carrying = OutputFormats.all.filter { $0.content == .initrd }

    @Test(
        "A file of 2^31 bytes is refused by every output with an initrd, one byte less is not",
        arguments: carrying)
    func fileInInitrd(format: OutputFormat) throws {
        try Self.session([Self.file("usr/large", (1 << 31) - 1)]).checkLimits([format])
        let error = #expect(throws: OutputError.self) {
            try Self.session([Self.file("a", 1), Self.file("usr/large", 1 << 31)]).checkLimits([format])
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("\(format.name): /usr/large is 2048 MiB"), "\(text)")
        #expect(text.contains("kernel+squashfs") && text.contains("iso-bios"), "\(text)")
    }

    @Test("What the initrd does not hold is no matter: boot files, and formats without one")
    func elsewhere() throws {
        let large = Self.file("usr/large", 3 << 30)
        try Self.session([Self.file("boot/large", 3 << 30)]).checkLimits([try Self.format("kernel+initrd")])
        try Self.session([large]).checkLimits(OutputFormats.all.filter { $0.content != .initrd })
        // What comes later replaces it.
        try Self.session([large, Self.file("usr/large", 5)]).checkLimits([try Self.format("kernel+initrd")])
    }

    @Test("iso-bios is not advised where it cannot be built")
    func alternatives() {
        #expect(
            OutputFormats.withRoot(for: "arm64") == "kernel+iso, kernel+squashfs, kernel+erofs or iso-efi")
    }

    /// A setup header with protocol `version`, `initrd_addr_max`, `pref_address` and `init_size`.
    private static func kernel(
        _ version: UInt16, maximum: UInt32, preferred: UInt64 = 16 << 20, size: UInt32 = 32 << 20
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 5000)
        bytes.store(Array("HdrS".utf8), at: 0x202)
        bytes.store(little: version, at: 0x206)
        bytes.store(little: maximum, at: 0x22c)
        bytes.store(little: preferred, at: 0x258)
        bytes.store(little: size, at: 0x260)
        return bytes
    }

    @Test("An initrd ends at initrd_addr_max, and starts behind the running kernel")
    func memory() throws {
        func room(_ kernel: [UInt8]) throws -> UInt64? {
            try BIOSMemory(ByteArrayAccess(kernel))?.largestInitrd
        }
        #expect(try room(Self.kernel(0x020F, maximum: 0x7FFF_FFFF)) == (2048 - 48) << 20)
        #expect(try room(Self.kernel(0x020F, maximum: 0x37FF_FFFF)) == (896 - 48) << 20)
        // Whatever the kernel says, isolinux has 31 bits.
        #expect(try room(Self.kernel(0x020F, maximum: .max)) == (2048 - 48) << 20)
        // Before 2.10 nothing says where the kernel ends, before 2.03 nothing where the initrd does.
        #expect(try room(Self.kernel(0x0209, maximum: 0x7FFF_FFFF)) == (2047 << 20) - 5000)
        #expect(try room(Self.kernel(0x0202, maximum: 0x7FFF_FFFF)) == (895 << 20) - 5000)
        #expect(try room(Self.kernel(0x020F, maximum: 0x7FFF_FFFF, preferred: .max)) == (2047 << 20) - 5000)
        #expect(try room([UInt8](repeating: 0, count: 5000)) == nil)
        #expect(try room(Array("HdrS".utf8)) == nil)
    }

    @Test("Writing stops where there is no room left")
    func cap() throws {
        var sink = CappedSink(ByteArraySink(), limit: 10)
        try sink.write([1, 2, 3])
        try sink.writeZeros(7)
        #expect(throws: StreamError.limitExceeded(what: "initrd", limit: 10)) { try sink.write([4]) }
        #expect(throws: StreamError.limitExceeded(what: "initrd", limit: 10)) { try sink.writeZeros(1) }
        #expect(sink.finish().bytes == [1, 2, 3, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("An initrd that is too large ends the run with the format, its limit and what to use instead")
    func initrd() throws {
        let directory = try TemporaryDirectory()
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        var header = TarHeader(name: "noise", typeFlag: .regular)
        header.size = UInt64(bytes.count)
        let entry = TarEntry(header: header, contents: .bytes(ByteString(bytes)))
        let session = OutputSession(
            image: AssembledImage(body: [AssembledEntry(entry: entry)]), store: NoBlobs(),
            stamp: BuildStamp(),
            options: OutputSession.Options(base: "\(directory.path)/kit", jobs: 1, architecture: "amd64"))
        let format = try #require(OutputFormats.named("raw-bios"))
        session.initrdRoom = InitrdRoom(format: "raw-bios", limit: 1000, reason: "a reason")
        let error = #expect(throws: OutputError.self) { try session.stagedInitrd(for: format) }
        #expect("\(try #require(error))".hasPrefix("raw-bios: the initrd is larger than 0 MiB: a reason; "))
        #expect(try directory.list().isEmpty)
        session.initrdRoom = InitrdRoom(format: "raw-bios", limit: 1 << 20, reason: "a reason")
        #expect(try session.stagedInitrd(for: format).size > 1000)
    }

    @Test("What may still work is a warning")
    func warnings() throws {
        let limit = InitrdLimits.largestForQEMU
        #expect(InitrdLimits.warning(size: limit, limit: limit, architecture: "amd64") == nil)
        #expect(
            try #require(InitrdLimits.warning(size: limit + 1, limit: limit, architecture: "amd64"))
                .hasPrefix(
                    "the initrd is 2049 MiB, but QEMU's -initrd and BIOS boot loaders accept at most 2048 MiB"
                )
        )
        #expect(InitrdLimits.warning(programSize: 1 << 30, architecture: "arm64") == nil)
        let text = try #require(InitrdLimits.warning(programSize: (1 << 30) + 1, architecture: "arm64"))
        #expect(text.contains("1025 MiB, but OVMF reads at most 1024 MiB") && text.contains("iso-efi"))
    }

    @Test("Azure takes disks from 20 MiB to 2040 GiB", arguments: ["vhd", "dynamic-vhd"])
    func azure(name: String) throws {
        let format = try Self.format(name)
        #expect(try format.checkDiskSize(20 << 20) == nil)
        #expect(try format.checkDiskSize(2040 << 30) == nil)
        for (asked, words) in [(19 << 20, "at least 20 MiB"), (2041 << 30, "limited to 2040 GiB")]
            as [(UInt64, String)]
        {
            let error = #expect(throws: OutputError.self) { _ = try format.checkDiskSize(asked) }
            #expect("\(try #require(error))".contains(words))
        }
        #expect(try Self.session([]).diskSize(holding: 5 << 20, format: format) == 20 << 20)
        #expect(try Self.session([]).diskSize(holding: 21 << 20, format: format) == 21 << 20)
        #expect(try Self.session([], diskSize: 30 << 20).diskSize(holding: 1, format: format) == 30 << 20)
    }

    @Test("Google takes whole GiB: what --size asks for is rounded up with a warning")
    func google() throws {
        #expect(try Self.format("gcp").checkDiskSize(2 << 30) == nil)
        #expect(
            try Self.format("gcp").checkDiskSize(1500 << 20)
                == "gcp: disk sizes are whole GiB, so --size 1500 MiB becomes 2 GiB")
        #expect(
            try Self.session([], diskSize: 1500 << 20).diskSize(holding: 1, format: Self.format("gcp")) == 2
                << 30)
        #expect(try Self.format("aws").checkDiskSize(1 << 20) == nil)
        #expect(try Self.format("tar").checkDiskSize(1) == nil)
    }
}
