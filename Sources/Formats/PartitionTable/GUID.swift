internal import Bytes
public import Digests
public import FileTree

/// A globally unique identifier (UEFI 2.10, appendix A).
public struct GUID: Hashable, Sendable {
    /// Its 16 bytes as its text form names them, which is not how they lie on a disk.
    private let high: UInt64
    private let low: UInt64

    /// The low half of the GUID's text, and the high half before it, as numbers.
    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static let zero = GUID(high: 0, low: 0)

    /// Derived from what it identifies: version 8 (RFC 9562 §5.8, custom), variant 10.
    public init(_ stamp: BuildStamp, role: String, of content: SHA256Digest) {
        let bytes = stamp.identity(role: role, of: content).bytes
        let words = [bytes[0..<8], bytes[8..<16]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        high = words[0] & ~0xF000 | 0x8000
        low = words[1] & ~(0xC0 << 56) | 0x80 << 56
    }

    /// The text form, `C12A7328-F81F-11D2-BA4B-00A0C93EC93B`, in either case.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 36 else { return nil }
        var words: [UInt64] = [0, 0]
        var count = 0
        for (index, digit) in digits.enumerated() {
            if [8, 13, 18, 23].contains(index) {
                guard digit == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = Hexadecimal.value(digit) else { return nil }
            words[count / 16] = words[count / 16] << 4 | UInt64(value)
            count += 1
        }
        (high, low) = (words[0], words[1])
    }

    /// 16 bytes as a disk has them: the first three fields little-endian, the rest in the text's order.
    init(onDisk bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        let first: UInt32 = bytes.little(at: 0) ?? 0
        let second: UInt16 = bytes.little(at: 4) ?? 0
        let third: UInt16 = bytes.little(at: 6) ?? 0
        high = UInt64(first) << 32 | UInt64(second) << 16 | UInt64(third)
        low = bytes.big(at: 8) ?? 0
    }

    /// 16 bytes as a disk has them.
    var onDisk: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(truncatingIfNeeded: high >> 32))
        bytes.append(little: UInt16(truncatingIfNeeded: high >> 16))
        bytes.append(little: UInt16(truncatingIfNeeded: high))
        bytes.append(big: low)
        return bytes
    }
}

extension GUID: CustomStringConvertible {
    /// In upper case, as the tools print it.
    public var description: String {
        var digits = ""
        for word in [high, low] {
            let text = String(word, radix: 16, uppercase: true)
            digits += String(repeating: "0", count: 16 - text.count) + text
        }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}

extension GUID {
    /// An EFI system partition (UEFI 2.10 §5.3.3).
    public static let efiSystem = GUID(high: 0xC12A_7328_F81F_11D2, low: 0xBA4B_00A0_C93E_C93B)
    /// Basic data, which Windows shows.
    public static let basicData = GUID(high: 0xEBD0_A0A2_B9E5_4433, low: 0x87C0_68B6_B726_99C7)
    /// Linux file systems without a purpose of their own.
    public static let linuxData = GUID(high: 0x0FC6_3DAF_8483_4772, low: 0x8E79_3D69_D847_7DE4)
    /// Where GRUB embeds itself in a GPT disk that boots by BIOS.
    public static let biosBoot = GUID(high: 0x2168_6148_6449_6E6F, low: 0x744E_6565_6445_4649)
}
