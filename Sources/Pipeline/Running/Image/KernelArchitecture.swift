public import Bytes
internal import Decompression

extension GuestArchitecture {
    /// Bytes of a kernel that say what it is for.
    private static let headLength = 0x400

    /// The architecture that the kernel in `image` is for; nil where it does not say.
    public init?(ofKernel image: some RandomAccessBytes) {
        guard let head = Self.head(of: image) else { return nil }
        func has(_ mark: [UInt8], at offset: Int) -> Bool {
            head.count >= offset + mark.count && head[offset..<offset + mark.count].elementsEqual(mark)
        }
        // Documentation/arch/{x86/boot,arm64/booting,riscv/boot-image-header}.rst
        if has(Array("HdrS".utf8), at: 0x202) {
            self = .amd64
        } else if has(Array("ARM\u{64}".utf8), at: 0x38) {
            self = .arm64
        } else if has(Array("RSC\u{05}".utf8), at: 0x38) {
            self = .riscv64
        } else if has([0x7F, 0x45, 0x4C, 0x46, 2, 1], at: 0), let machine: UInt16 = head.little(at: 18) {
            // e_machine
            guard let known = [62: Self.amd64, 183: .arm64, 243: .riscv64][Int(machine)] else { return nil }
            self = known
        } else if has(Array("MZ".utf8), at: 0), let offset: UInt32 = head.little(at: 0x3C),
            Int(offset) <= head.count - 6, has(Array("PE\0\0".utf8), at: Int(offset)),
            let machine: UInt16 = head.little(at: Int(offset) + 4)
        {
            guard let known = [0x8664: Self.amd64, 0xAA64: .arm64, 0x5064: .riscv64][Int(machine)] else {
                return nil
            }
            self = known
        } else {
            return nil
        }
    }

    /// The first bytes, of what is in it where it is compressed as a whole.
    private static func head(of image: some RandomAccessBytes) -> [UInt8]? {
        let length = Int(min(UInt64(headLength), image.count))
        guard let start = try? image.bytes(at: 0, length: length, of: "the kernel") else { return nil }
        guard Compression(detecting: start) != nil else { return start }
        guard var source = try? Decompressor.source(detectingIn: RangeSource(image)).source else {
            return nil
        }
        var head = [UInt8](repeating: 0, count: headLength)
        var filled = 0
        while filled < head.count {
            let count = head.withUnsafeMutableBytes { buffer in
                (try? source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))) ?? 0
            }
            if count == 0 { break }
            filled += count
        }
        return Array(head[..<filled])
    }
}
