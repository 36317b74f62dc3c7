import Deflate
import Testing

@Suite struct ChecksumTests {
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

    @Test func wideStepsAgreeWithTheDefinition() {
        var generator = Generator(seed: 5)
        let bytes = generator.bytes(300)
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
        var generator = Generator(seed: 6)
        let bytes = generator.bytes(5000)
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
