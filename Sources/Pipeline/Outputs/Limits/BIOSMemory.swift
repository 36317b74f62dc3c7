internal import Bytes

/// The memory in which a BIOS boot loader can place an x86 kernel and its initrd (Documentation/arch/x86/boot.rst).
struct BIOSMemory {
    /// The end of the memory for an initrd: `initrd_addr_max` + 1.
    let initrdEnd: UInt64
    /// The first byte after the running kernel.
    let kernelEnd: UInt64

    /// The maximum size in bytes of an initrd between kernel and end, given enough memory.
    var largestInitrd: UInt64 { initrdEnd > kernelEnd ? initrdEnd - kernelEnd : 0 }

    /// Reads the setup header of `kernel`; nil if it is not a bzImage.
    init?(_ kernel: some RandomAccessBytes) throws(StreamError) {
        guard kernel.count >= 0x268 else { return nil }
        let bytes = try kernel.bytes(at: 0, length: 0x268, of: "kernel")
        guard bytes[0x202...].starts(with: Array("HdrS".utf8)),
            let version: UInt16 = bytes.little(at: 0x206),
            let initrdMaximum: UInt32 = bytes.little(at: 0x22c),
            let preferred: UInt64 = bytes.little(at: 0x258),
            let initialSize: UInt32 = bytes.little(at: 0x260)
        else { return nil }
        // Before protocol 2.03 the field does not exist, and this is the value.
        let last = version >= 0x0203 && initrdMaximum > 0 ? UInt64(initrdMaximum) : 0x37FF_FFFF
        initrdEnd = min(last + 1, 1 << 31)
        let megabyte: UInt64 = 1 << 20
        let (end, overflow) = preferred.addingReportingOverflow(UInt64(initialSize))
        // Since protocol 2.10 the header has the kernel's address and memory size.
        kernelEnd = version >= 0x020A && !overflow ? max(end, megabyte) : megabyte + kernel.count
    }
}
