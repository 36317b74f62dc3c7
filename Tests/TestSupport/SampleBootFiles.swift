internal import Bytes

/// Boot files and a kernel that start nothing, but have the structure that the outputs look at: what the tests over all
/// outputs use, so that no digest depends on a distribution's version.
public enum SampleBootFiles {
    /// Writes them into the directory `name` of `directory`, to be given as `--bios-boot`, `--efi-boot` and `--rpi3-boot`.
    public static func write(to directory: TemporaryDirectory, _ name: String) throws {
        for (file, bytes) in files { try directory.write("\(name)/\(file)", bytes) }
    }

    static var files: [(name: String, bytes: [UInt8])] {
        [
            ("isolinux.bin", noise(101, 24_576, [0xFB, 0xC0, 0x78, 0x70], at: 64)),
            ("ldlinux.c32", noise(102, 115_000, Array("\u{7F}ELF".utf8), at: 0)),
            ("isohdpfx.bin", noise(103, 432)), ("linuxx64.efi.stub", stub(machine: 0x8664)),
            ("linuxaa64.efi.stub", stub(machine: 0xAA64)), ("linuxriscv64.efi.stub", stub(machine: 0x5064)),
            ("u-boot.bin", noise(104, 50_000)), ("bootcode.bin", noise(105, 5_000)),
            ("start.elf", noise(106, 9_000)), ("fixup.dat", noise(107, 700)),
        ]
    }

    /// An x86 kernel's head (Documentation/arch/x86/boot.rst) that is an EFI program as well, then text.
    public static var bzImage: [UInt8] {
        var bytes = program(machine: 0x8664, headersAt: 0x280, sections: [(".text", 0x400, 300_000 - 0x400)])
        bytes[0x1f1] = 1
        bytes.store([0x55, 0xaa], at: 0x1fe)
        bytes.store(Array("HdrS".utf8), at: 0x202)
        bytes.store(little: UInt16(0x020f), at: 0x206)
        // kernel_version, counted from 0x200.
        bytes.store(little: UInt16(0x300), at: 0x20e)
        bytes.store(Array("6.1.0-sample (somebody@somewhere) #1\0".utf8), at: 0x500)
        // xloadflags: 64-bit entry, EFI hand-over; cmdline_size.
        bytes.store(little: UInt16(0x000b), at: 0x236)
        bytes.store(little: UInt32(2047), at: 0x238)
        return bytes
    }

    /// An arm64 kernel's head (Documentation/arch/arm64/booting.rst) that is an EFI program as well, then text.
    public static var arm64Image: [UInt8] {
        var bytes = program(machine: 0xAA64, headersAt: 0x40, sections: [(".text", 0x400, 300_000 - 0x400)])
        bytes.store(little: UInt64(0x40_0000), at: 0x10)
        bytes.store(Array("ARM\u{64}".utf8), at: 0x38)
        return bytes
    }

    /// What systemd's stub looks like from outside.
    static func stub(machine: UInt16) -> [UInt8] {
        var bytes = program(
            machine: machine, headersAt: 0x80,
            sections: [(".text", 0x600, 0x800), (".data", 0xe00, 0x400), (".sdmagic", 0x1200, 0x200)])
        bytes.store(Array("#### LoaderInfo: systemd-stub 252 (sample) ####\0".utf8), at: 0x1200)
        return bytes
    }

    /// A PE32+ EFI program: its headers, then noise in its sections (name, place and size in the file).
    private static func program(
        machine: UInt16, headersAt start: Int, sections: [(name: String, place: Int, size: Int)]
    ) -> [UInt8] {
        let end = sections.map { $0.place + $0.size }.max() ?? 0
        var bytes = noise(UInt64(machine) + UInt64(start), end)
        let headersEnd = sections.first?.place ?? end
        bytes.store([UInt8](repeating: 0, count: headersEnd), at: 0)
        bytes.store(Array("MZ".utf8), at: 0)
        bytes.store(little: UInt32(start), at: 0x3c)
        var head: [UInt8] = Array("PE\0\0".utf8)
        head.append(little: machine)
        head.append(little: UInt16(sections.count))
        head.append(zeros: 12)
        head.append(little: UInt16(240))
        head.append(little: UInt16(0x0206))
        head += optionalHeader(end: end, headersEnd: headersEnd)
        for (index, section) in sections.enumerated() {
            head += Array(section.name.utf8)
            head.append(zeros: 8 - section.name.utf8.count)
            let address = (index + 1) * 0x1000
            for value in [section.size, address, section.size, section.place] {
                head.append(little: UInt32(value))
            }
            head.append(zeros: 12)
            head.append(little: UInt32(index == 0 ? 0x6000_0020 : 0xC000_0040))
        }
        bytes.store(head, at: start)
        return bytes
    }

    /// 240 bytes; alignments of 4096 and 512, subsystem 10 (an EFI application), image version 3.0.
    private static func optionalHeader(end: Int, headersEnd: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 240)
        bytes.store(little: UInt16(0x020b), at: 0)
        bytes.store(little: UInt32(0x800), at: 4)
        bytes.store(little: UInt32(0x1000), at: 16)
        bytes.store(little: UInt32(0x1000), at: 20)
        bytes.store(little: UInt32(0x1000), at: 32)
        bytes.store(little: UInt32(0x200), at: 36)
        bytes.store(little: UInt16(3), at: 44)
        bytes.store(little: UInt32((end + 0x4fff) / 0x1000 * 0x1000), at: 56)
        bytes.store(little: UInt32(headersEnd), at: 60)
        bytes.store(little: UInt16(10), at: 68)
        bytes.store(little: UInt32(16), at: 108)
        return bytes
    }

    private static func noise(_ seed: UInt64, _ count: Int) -> [UInt8] {
        Array(SampleKit.noise(seed, count).utf8)
    }

    /// The same with a signature in it.
    private static func noise(
        _ seed: UInt64, _ count: Int, _ signature: [UInt8], at offset: Int
    ) -> [UInt8] {
        var bytes = noise(seed, count)
        bytes.store(signature, at: offset)
        return bytes
    }
}
