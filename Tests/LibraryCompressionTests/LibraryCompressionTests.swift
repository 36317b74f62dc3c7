import Bytes
import Decompression
import LibraryCompression
import Testing

@Suite struct LibraryCompressionTests {
    private static let text = Array(String(repeating: "What is said three times is true. ", count: 500).utf8)

    @Test("What the libraries encode, their decoders read")
    func roundTrip() throws {
        let xz = try #require(Self.text.withUnsafeBytes { XzEncoder(dictionarySize: 128 << 10).compress($0) })
        #expect(try BlockDecoder(.xz).decode(xz, limit: Self.text.count) == Self.text)
        let encoder = ZstdEncoder(level: 19)
        for _ in 0..<2 {
            let zstd = try #require(Self.text.withUnsafeBytes { encoder.compress($0) })
            #expect(zstd.count < Self.text.count / 50)
            #expect(try BlockDecoder(.zstd).decode(zstd, limit: Self.text.count) == Self.text)
        }
    }

    @Test(
        "A block that is cut short, goes on or decodes to too much is an error, and the next one is read all the same"
    )
    func damaged() throws {
        let xz = try #require(Self.text.withUnsafeBytes { XzEncoder(dictionarySize: 4096).compress($0) })
        let zstd = try #require(Self.text.withUnsafeBytes { ZstdEncoder().compress($0) })
        for (format, block) in [(BlockDecoder.Format.xz, xz), (.zstd, zstd)] {
            let decoder = try BlockDecoder(format)
            let count = Self.text.count
            for damaged in [Array(block.dropLast()), block + [0], [], Array(block.dropFirst())] {
                #expect(throws: StreamError.self) { try decoder.decode(damaged, limit: count) }
            }
            #expect(throws: StreamError.self) { try decoder.decode(block, limit: count - 1) }
            #expect(try decoder.decode(block, limit: count) == Self.text)
            #expect(try decoder.decode(block, limit: count + 1000) == Self.text)
        }
    }

    @Test("What does not get smaller has no compressed form")
    func incompressible() {
        var state: UInt64 = 1
        let noise = (0..<5000).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        #expect(noise.withUnsafeBytes { XzEncoder(dictionarySize: 4096).compress($0) } == nil)
        #expect(noise.withUnsafeBytes { ZstdEncoder().compress($0) } == nil)
        #expect([UInt8]().withUnsafeBytes { ZstdEncoder().compress($0) } == nil)
    }

    @Test("The library's version is known, for the provenance", arguments: LibraryCompression.Format.allCases)
    func version(_ format: LibraryCompression.Format) {
        let words = LibraryCompression.version(of: format).split(separator: " ")
        #expect(words.count == 2)
        #expect(words.last?.first?.isNumber == true)
    }
}
