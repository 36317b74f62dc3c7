import Bytes
import Digests
import Testing

/// The examples of FIPS 180-4 that NIST publishes for SHA-256, and the empty message of its test vectors.
@Suite struct SHA256Tests {
    static let examples: [(message: [UInt8], digest: String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test("The published examples have their published digests", arguments: examples.indices)
    func published(number: Int) {
        let example = Self.examples[number]
        #expect(SHA256Digest(hashing: example.message).hex == example.digest)
    }

    @Test("Bytes in pieces have the digest of the whole", arguments: [1, 3, 63, 64, 65, 127, 1000])
    func incremental(piece: Int) {
        let message = (0..<3000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 >> 8) }
        var hasher = SHA256Hasher()
        for start in stride(from: 0, to: message.count, by: piece) {
            #expect(hasher.finalize() == SHA256Digest(hashing: Array(message[..<start])))
            hasher.update(Array(message[start..<min(start + piece, message.count)]))
        }
        #expect(hasher.finalize() == SHA256Digest(hashing: message))
    }

    @Test("A digest is its 64 digits, in lower case, and its 32 bytes")
    func spelling() throws {
        for (_, hex) in Self.examples {
            let digest = try #require(SHA256Digest(hex: hex))
            #expect(digest.hex == hex)
            #expect(SHA256Digest(hex: hex.uppercased()) == nil)
            #expect(SHA256Digest(hex: hex.dropLast()) == nil)
            #expect(SHA256Digest(hex: "g" + hex.dropFirst()) == nil)
            #expect(digest.bytes.count == 32)
            #expect(SHA256Digest(bytes: digest.bytes) == digest)
            #expect(digest.bytes.withUnsafeBytes { SHA256Digest($0) } == digest)
        }
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    }

    @Test("Digests are ordered as their digits are")
    func order() throws {
        let sorted = Self.examples.map(\.digest).sorted()
        #expect(try sorted.map { try #require(SHA256Digest(hex: $0)) }.sorted().map(\.hex) == sorted)
    }

    @Test("A digesting sink passes everything on and knows its count and digest")
    func sink() throws {
        let message = Self.examples[2].message
        var sink = DigestingSink(ByteArraySink())
        try sink.write(Array(message[..<5]))
        try sink.write(Array(message[5...]))
        #expect(sink.count == UInt64(message.count))
        #expect(sink.digest.hex == Self.examples[2].digest)
        #expect(sink.finish().bytes == message)
    }

    @Test(
        "However large the pieces are and wherever zeros stand, the digest is that of all bytes, at any time",
        arguments: [1, 1000, 65_537, 262_144, 262_145, 2_000_000])
    func largeSink(piece: Int) throws {
        var message: [UInt8] = []
        var sink = DigestingSink(ByteArraySink())
        for number in 0..<(piece < 1000 ? 300 : 6) {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number + 1), count: piece)
            message += bytes
            try sink.write(bytes)
            let zeros = number % 3 == 0 ? 300_000 : number
            message += [UInt8](repeating: 0, count: zeros)
            try sink.writeZeros(UInt64(zeros))
            if number < 6 { #expect(sink.digest == SHA256Digest(hashing: message)) }
        }
        #expect(sink.count == UInt64(message.count))
        #expect(sink.digest == SHA256Digest(hashing: message))
        let isWhole = sink.finish().bytes == message
        #expect(isWhole)
    }
}
