import Bytes
import Decompression
import Testing

@Suite struct BlockDecompressorTests {
    /// `hello, hello, hello` with the fixed code.
    private static let deflated: [UInt8] = [0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x40, 0xA2, 0x00]
    private static let text = Array("hello, hello, hello".utf8)
    private static let zlib: [UInt8] =
        [0x78, 0x9C] + deflated + [0x44, 0x28, 0x06, 0xD5]

    @Test("A block decodes up to the size asked for, what follows is ignored")
    func decoded() throws {
        for padding in [0, 1, 600] {
            let rest = [UInt8](repeating: 0xAA, count: padding)
            let decoded = try BlockDecompressor.decode(Self.deflated + rest, .deflate, count: 19)
            #expect(decoded == Self.text)
            #expect(try BlockDecompressor.decode(Self.zlib + rest, .zlib, count: 19) == Self.text)
        }
        #expect(try BlockDecompressor.decode(Self.deflated, .deflate, count: 5) == Array("hello".utf8))
        #expect(try BlockDecompressor.decode(Self.deflated, .deflate, count: 0) == [])
        // A stream that ends before gives what it has.
        #expect(try BlockDecompressor.decode(Self.zlib, .zlib, count: 4096) == Self.text)
    }

    @Test("A block that is cut or broken is an error")
    func broken() {
        for length in 0..<Self.deflated.count - 1 {
            #expect(throws: StreamError.self, "\(length)") {
                try BlockDecompressor.decode(Array(Self.deflated.prefix(length)), .deflate, count: 19)
            }
        }
        #expect(throws: StreamError.self) {
            try BlockDecompressor.decode([0xFF] + Self.deflated, .deflate, count: 19)
        }
        #expect(throws: StreamError.self) {
            try BlockDecompressor.decode(Self.deflated, .zlib, count: 19)
        }
    }
}
