internal import Bytes

/// The bytes of a file, block after block.
struct FileSource: ByteSource {
    private let image: ImageAccess
    private let body: FileBody
    /// Where the blocks' words are read.
    private var words: MetadataCursor
    private var wordsLeft: UInt64
    /// The image's byte where the next block starts.
    private var next: UInt64
    /// Bytes that have not been handed out yet: of the file, of the block in `block`, of a block that is not stored.
    private var remaining: UInt64
    private var block: ArraySlice<UInt8> = []
    private var zeros = 0

    init(_ image: ImageAccess, _ body: FileBody, words: MetadataCursor) {
        self.image = image
        self.body = body
        self.words = words
        wordsLeft = body.blockCount(image.superblock.blockSize)
        next = body.data.start
        remaining = body.size
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        if buffer.isEmpty || remaining == 0 { return 0 }
        if block.isEmpty, zeros == 0 {
            do throws(SquashFSError) { try loadBlock() } catch { throw error.streamError }
        }
        let count: Int
        if zeros > 0 {
            count = min(zeros, buffer.count)
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).initializeMemory(
                as: UInt8.self, repeating: 0)
            zeros -= count
        } else {
            count = min(block.count, buffer.count)
            block.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            block = block.dropFirst(count)
        }
        remaining -= UInt64(count)
        return count
    }

    /// Reads the next block, of as many bytes as the file has left, a block's size at the most.
    private mutating func loadBlock() throws(SquashFSError) {
        let size = Int(min(remaining, UInt64(image.superblock.blockSize)))
        guard wordsLeft > 0 else { return try loadFragment(size) }
        wordsLeft -= 1
        let word = BlockWord(rawValue: try words.record(4).u32(0))
        if word == .sparse {
            zeros = size
            return
        }
        let bytes = try image.dataBlock(at: next, word, limit: size, "data block")
        guard bytes.count == size else {
            throw .invalid(what: "data block", offset: next, reason: "\(bytes.count) bytes, not \(size)")
        }
        next += UInt64(word.size)
        block = bytes[...]
    }

    private mutating func loadFragment(_ size: Int) throws(SquashFSError) {
        let superblock = image.superblock
        let entry = try FragmentEntry(
            LookupTable.record(
                body.data.fragment, of: superblock.fragments, size: FragmentEntry.size,
                at: superblock.fragmentTableStart, "fragment table", in: image))
        let bytes = try image.fragmentBlock(entry)
        let start = Int(body.data.fragmentOffset)
        guard start <= bytes.count, size <= bytes.count - start else {
            throw .invalid(
                what: "fragment block", offset: entry.start,
                reason: "\(bytes.count) bytes, not \(size) from \(start) on")
        }
        block = bytes[start..<start + size]
    }
}

extension FileBody {
    /// How many words of blocks there are: the file's end may be in a fragment block instead.
    func blockCount(_ blockSize: UInt32) -> UInt64 {
        let whole = size / UInt64(blockSize)
        let hasEnd = size % UInt64(blockSize) > 0 && data.fragment == FileData.noFragment
        return whole + (hasEnd ? 1 : 0)
    }
}

extension FragmentEntry {
    init(_ record: Record) {
        start = record.u64(0)
        word = BlockWord(rawValue: record.u32(8))
    }
}

extension SquashFSError {
    /// The same, for those who read a file's bytes.
    fileprivate var streamError: StreamError {
        switch self {
        case .stream(let error): error
        case .invalid(let what, let offset, let reason):
            .corrupt(what: "squashfs, \(what)", offset: offset, reason: reason)
        default: .corrupt(what: "squashfs", offset: 0, reason: description)
        }
    }
}
