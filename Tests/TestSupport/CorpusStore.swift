public import Bytes
public import Digests
public import FileTree
internal import Foundation

/// The bytes behind a corpus: small contents one after the other in one blob, as the files of a layer are, and
/// bytes that are made when they are read.
public struct CorpusStore: BlobStore {
    private var small: [UInt8] = []
    private var made: [SHA256Digest: MadeBytes] = [:]
    /// Any name will do for a blob that is not complete yet.
    private static let smallBlob = SHA256Digest(hashing: "the small contents of a corpus")

    public init() {}

    public func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        if digest == Self.smallBlob { return ByteArrayAccess(small) }
        guard let bytes = made[digest] else {
            throw .system(operation: "open", path: "blob \(digest)", errno: ENOENT)
        }
        return bytes
    }

    /// Adds bytes at an offset that is a multiple of 512, as in a tar, and returns the reference to them.
    public mutating func add(_ bytes: [UInt8]) -> FileContents {
        small.align(to: 512)
        let offset = UInt64(small.count)
        small += bytes
        return .blob(
            digest: Self.smallBlob, offset: offset, length: UInt64(bytes.count),
            contentDigest: SHA256Digest(hashing: bytes))
    }

    /// Adds bytes that are made when read. Their digest is computed unless it is known.
    public mutating func add(_ bytes: MadeBytes, contentDigest: SHA256Digest? = nil) -> FileContents {
        let digest = contentDigest ?? bytes.digest
        made[digest] = bytes
        return .blob(digest: digest, offset: 0, length: bytes.count, contentDigest: digest)
    }
}

/// Zero bytes with islands of noise, of any size and in no memory.
public struct MadeBytes: RandomAccessBytes {
    public let count: UInt64
    /// In order, apart from one another.
    let islands: [Range<UInt64>]

    public init(count: UInt64, islands: [Range<UInt64>] = []) {
        self.count = count
        self.islands = islands
    }

    public func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard offset < count, !buffer.isEmpty else { return 0 }
        let end = min(count, offset + UInt64(buffer.count))
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(end - offset)])
        target.initializeMemory(as: UInt8.self, repeating: 0)
        for island in islands where island.lowerBound < end && island.upperBound > offset {
            var position = max(island.lowerBound, offset)
            let stop = min(island.upperBound, end)
            while position < stop {
                let start = Int(position % UInt64(Noise.tile.count))
                let step = min(Noise.tile.count - start, Int(stop - position))
                let part = UnsafeMutableRawBufferPointer(rebasing: target[Int(position - offset)...])
                Noise.tile.withUnsafeBytes {
                    part.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + step]))
                }
                position += UInt64(step)
            }
        }
        return target.count
    }

    /// SHA-256 of all the bytes.
    public var digest: SHA256Digest {
        var hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var offset: UInt64 = 0
        while let step = try? read(at: offset, into: buffer), step > 0 {
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<step]))
            offset += UInt64(step)
        }
        return hasher.finalize()
    }
}

/// Bytes that no encoder makes smaller, the same ones every time.
public enum Noise {
    /// As many as a prime, beyond DEFLATE's window: no two blocks of a file made of it are equal.
    static let tile: [UInt8] = bytes(seed: 1, count: 65_521)

    /// `count` bytes that depend on `seed` (xorshift64*).
    public static func bytes(seed: UInt64, count: Int) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                state ^= state >> 12
                state ^= state << 25
                state ^= state >> 27
                buffer[index] = UInt8(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 56)
            }
            initialized = count
        }
    }

    /// `count` bytes of text that an encoder makes a good deal smaller.
    public static func text(seed: UInt64, count: Int) -> [UInt8] {
        let words = ["kernel ", "mount ", "service ", "0123456789", "\n", "identikit ", "/usr/lib/"]
        var text: [UInt8] = []
        for byte in bytes(seed: seed, count: count / 4 + 8) {
            text += words[Int(byte) % words.count].utf8
            if text.count >= count { break }
        }
        return Array(text.prefix(count))
    }
}
