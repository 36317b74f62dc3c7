internal import Bytes

/// The fields of an x86 kernel's setup header that are needed here (Documentation/arch/x86/boot.rst).
struct X86SetupHeader {
    /// `xloadflags`, bit 3: the kernel has the 64-bit entry that firmware hands over to.
    let hasHandover: Bool
    /// Where the version text starts; bytes from the start of the file.
    let kernelVersion: UInt64?
    /// `cmdline_size`: bytes, without the zero at the end.
    let commandLineSize: UInt64?

    /// Nil if there is no setup header. `bytes` are the first 0x250 of the file or more.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 0x250, bytes[0x1fe] == 0x55, bytes[0x1ff] == 0xaa,
            bytes[0x202...].starts(with: Array("HdrS".utf8)),
            let version = bytes.little(UInt16.self, at: 0x206),
            let versionOffset = bytes.little(UInt16.self, at: 0x20e),
            let loadFlags = bytes.little(UInt16.self, at: 0x236),
            let commandLine = bytes.little(UInt32.self, at: 0x238)
        else { return nil }
        hasHandover = version >= 0x020c && loadFlags & 0b1000 != 0
        kernelVersion = versionOffset == 0 ? nil : UInt64(versionOffset) + 0x200
        commandLineSize = version >= 0x0206 && commandLine > 0 ? UInt64(commandLine) : nil
    }
}
