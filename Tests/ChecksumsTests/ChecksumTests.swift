import Checksums
import Testing

@Suite struct ChecksumTests {
    /// Bytes that look random, the same ones every time.
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    private func crc(_ bytes: some Sequence<UInt8>) -> UInt32 {
        Array(bytes).withUnsafeBytes { CRC32.checksum($0) }
    }

    /// "123456789" is the check input of the catalogues of CRCs; zlib gives the same.
    @Test func checkValuesHold() {
        #expect(crc("123456789".utf8) == 0xcbf4_3926)
        #expect(crc([]) == 0)
        #expect(Array("Wikipedia".utf8).withUnsafeBytes { Adler32.checksum($0) } == 0x11e6_0398)
        #expect([UInt8]().withUnsafeBytes { Adler32.checksum($0) } == 1)
    }

    /// RFC 3720, appendix B.4, and the catalogues' check input.
    @Test func castagnoliCheckValuesHold() {
        func crc(_ bytes: some Sequence<UInt8>) -> UInt32 {
            var crc = CRC32C()
            crc.update(bytes)
            return crc.value
        }
        #expect(crc("123456789".utf8) == 0xe306_9283)
        #expect(crc(repeatElement(0, count: 32)) == 0x8a91_36aa)
        #expect(crc(repeatElement(0xff, count: 32)) == 0x62a8_ab43)
    }

    @Test func wideStepsAgreeWithTheDefinition() {
        let bytes = Self.bytes(300, seed: 5)
        for count in [0, 1, 15, 16, 17, 31, 32, 33, 255, 300] {
            var remainder: UInt32 = 0xffff_ffff
            for byte in bytes[..<count] {
                remainder ^= UInt32(byte)
                for _ in 0..<8 {
                    remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xedb8_8320 : remainder >> 1
                }
            }
            #expect(crc(bytes[..<count]) == ~remainder, "\(count) bytes")
        }
    }

    @Test func piecesCombine() {
        let bytes = Self.bytes(5000, seed: 6)
        for cut in [0, 1, 17, 2500, 4999, 5000] {
            let (first, second) = (bytes[..<cut], bytes[cut...])
            #expect(
                CRC32.combine(crc(first), crc(second), length2: UInt64(second.count)) == crc(bytes),
                "cut at \(cut)")
            var stepwise = CRC32()
            for piece in [first, second] { Array(piece).withUnsafeBytes { stepwise.update($0) } }
            #expect(stepwise.value == crc(bytes))
        }
    }

    @Test func adlerSurvivesItsLargestSums() {
        let bytes = [UInt8](repeating: 0xff, count: 20_000)
        var (low, high): (UInt64, UInt64) = (1, 0)
        for byte in bytes {
            low = (low + UInt64(byte)) % 65521
            high = (high + low) % 65521
        }
        #expect(bytes.withUnsafeBytes { Adler32.checksum($0) } == UInt32(high << 16 | low))
    }
}
