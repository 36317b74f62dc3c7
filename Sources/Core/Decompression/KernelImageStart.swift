internal import Bytes

/// The first bytes of a kernel image, which tell its kind.
struct KernelImageStart {
    /// Where a header says that the payload lies.
    struct Place {
        let container: KernelPayload.Container
        let offset: UInt64
        let length: UInt64
        /// The offset of the header's statement, for errors.
        let headerOffset: UInt64
    }

    /// Through `payload_length` of the x86 setup header.
    private static let length = 0x250
    let bytes: [UInt8]

    init(_ image: some RandomAccessBytes) throws(StreamError) {
        bytes = try image.bytes(
            at: 0, length: Int(min(UInt64(Self.length), image.count)), of: "kernel image")
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// An ELF file, or an arm64 or riscv Image (Documentation/arch/{arm64,riscv}), not compressed.
    var isPlainKernel: Bool {
        holds([0x7f, 0x45, 0x4c, 0x46], at: 0) || holds(Array("ARM\u{64}".utf8), at: 0x38)
            || holds(Array("RSC\u{05}".utf8), at: 0x38)
    }

    /// Documentation/arch/x86/boot.rst: `boot_flag`, `header`, `version`, `setup_sects`,
    /// `payload_offset` (from the protected-mode code on) and `payload_length`.
    var bzImagePayload: Place? {
        guard bytes.count >= Self.length, holds([0x55, 0xaa], at: 0x1fe),
            holds(Array("HdrS".utf8), at: 0x202),
            value(at: 0x206, size: 2) >= 0x0208
        else { return nil }
        // Zero means four, for the oldest loaders' sake.
        let setupSectors = bytes[0x1f1] == 0 ? 4 : UInt64(bytes[0x1f1])
        return Place(
            container: .bzImage, offset: (setupSectors + 1) * 512 + value(at: 0x248, size: 4),
            length: value(at: 0x24c, size: 4), headerOffset: 0x248)
    }

    /// zboot-header.S: "MZ", "zimg" at 4, payload offset at 8 and size at 12.
    var zbootPayload: Place? {
        guard holds(Array("MZ".utf8), at: 0), holds(Array("zimg".utf8), at: 4), bytes.count >= 16 else {
            return nil
        }
        return Place(
            container: .zboot, offset: value(at: 8, size: 4), length: value(at: 12, size: 4), headerOffset: 8)
    }

    private func holds(_ magic: [UInt8], at offset: Int) -> Bool {
        bytes.count >= offset + magic.count && bytes[offset...].starts(with: magic)
    }

    /// A little-endian number; the caller has checked that it is there.
    private func value(at offset: Int, size: Int) -> UInt64 {
        bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
