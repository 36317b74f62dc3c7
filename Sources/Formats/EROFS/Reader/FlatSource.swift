internal import Bytes

/// Bytes of an image in pieces, one after the other.
struct FlatSource: ByteSource {
    struct Piece {
        let offset: UInt64
        let length: UInt64
    }

    private let image: any RandomAccessBytes
    private let pieces: [Piece]
    private var index = 0
    private var position: UInt64 = 0

    init(_ image: any RandomAccessBytes, _ pieces: [Piece]) {
        self.image = image
        self.pieces = pieces
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        while index < pieces.count, position == pieces[index].length {
            index += 1
            position = 0
        }
        guard index < pieces.count, !buffer.isEmpty else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), pieces[index].length - position))
        let offset = pieces[index].offset + position
        let count = try image.read(
            at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        if count == 0 { throw .unexpectedEnd(of: "an EROFS image", offset: offset) }
        position += UInt64(count)
        return count
    }
}
