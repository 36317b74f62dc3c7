import Bytes

/// The headers of an EFI program for x86-64 (Microsoft's PE/COFF specification) with one section.
enum KernelHeaders {
    private static let size = 4096

    /// The 4096 bytes of headers for an image of `count` bytes.
    static func bytes(of count: Int) -> [UInt8] {
        var bytes = Array("MZ".utf8)
        bytes.append(zeros: 0x3A)
        bytes.append(little: UInt32(0x80))
        bytes.append(zeros: 0x80 - bytes.count)
        // Signature, machine, one section.
        bytes += [0x50, 0x45, 0, 0]
        bytes.append(little: UInt16(0x8664))
        bytes.append(little: UInt16(1))
        bytes.append(zeros: 12)
        bytes.append(little: UInt16(240))
        bytes.append(little: UInt16(0x206))
        appendOptionalHeader(count, to: &bytes)
        bytes += ".text\0\0\0".utf8
        for value in [count - size, size, count - size, size] { bytes.append(little: UInt32(value)) }
        bytes.append(zeros: 12)
        bytes.append(little: UInt32(0x6000_0020))
        bytes.align(to: size)
        return bytes
    }

    private static func appendOptionalHeader(_ count: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(zeros: 240)
        bytes.store(little: UInt16(0x20B), at: start)
        // Alignment in memory and in the file.
        bytes.store(little: UInt32(size), at: start + 32)
        bytes.store(little: UInt32(512), at: start + 36)
        // The image version that declares initrd support, the image's size, the headers' size, an EFI application.
        bytes.store(little: UInt16(1), at: start + 44)
        bytes.store(little: UInt32(count), at: start + 56)
        bytes.store(little: UInt32(size), at: start + 60)
        bytes.store(little: UInt16(10), at: start + 68)
        bytes.store(little: UInt32(16), at: start + 108)
    }
}
