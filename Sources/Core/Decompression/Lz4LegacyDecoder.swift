internal import CLz4

/// LZ4's legacy frame: the magic, then blocks of a 32-bit little-endian size and
/// that many bytes, each decoding to at most 8 MiB. Nothing marks the end but the
/// end of the file ("LZ4 Frame Format Description", Legacy frame).
final class Lz4LegacyDecoder: MemberDecoder {
    private static let blockCapacity = 8 << 20
    private static let magic: UInt32 = 0x184C_2102
    /// The end of a Linux kernel's payload: its size as 32 bits, which look like a block's header.
    private let sizeFollows: Bool

    private var header: [UInt8] = []
    private var needsMagic = true
    /// The compressed block being gathered, and the size that its header announced.
    private var block: [UInt8] = []
    private var blockSize = 0
    /// The decoded block, handed out from `position` on.
    private var decoded: [UInt8] = []
    private var position = 0

    init(sizeFollows: Bool) { self.sizeFollows = sizeFollows }

    func startMember() throws(DecodingFailure) {}

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep {
        var step = DecodingStep()
        while true {
            let count = min(output.count - step.produced, decoded.count - position)
            if count > 0 {
                decoded.withUnsafeBytes { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: output[step.produced...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
                }
                position += count
                step.produced += count
            }
            if step.produced == output.count { return step }
            guard step.consumed < input.count else {
                step.endsMember = inputEnds && isAtBoundary
                return step
            }
            let rest = UnsafeRawBufferPointer(rebasing: input[step.consumed...])
            if blockSize == 0 {
                step.consumed += try gatherHeader(rest, consumed: step.consumed)
            } else {
                step.consumed += try gatherBlock(rest, consumed: step.consumed)
            }
        }
    }

    /// Between two blocks, so that the file may end here.
    private var isAtBoundary: Bool {
        if needsMagic { return false }
        return blockSize == 0 ? header.isEmpty : sizeFollows && block.isEmpty
    }

    private func gatherHeader(_ input: UnsafeRawBufferPointer, consumed: Int) throws(DecodingFailure) -> Int {
        let count = min(4 - header.count, input.count)
        header.append(contentsOf: input[..<count])
        guard header.count == 4 else { return count }
        let value = header.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        header.removeAll(keepingCapacity: true)
        if value == Self.magic {
            needsMagic = false
            return count
        }
        if needsMagic { throw .corrupt("not the lz4 legacy format", consumed: consumed) }
        // A payload's trailing size may be larger than any block's.
        let largest = Int(LZ4_compressBound(Int32(Self.blockCapacity)))
        guard value > 0, sizeFollows || value <= largest else {
            throw .corrupt("a block of \(value) bytes", consumed: consumed)
        }
        blockSize = Int(value)
        block.removeAll(keepingCapacity: true)
        return count
    }

    private func gatherBlock(_ input: UnsafeRawBufferPointer, consumed: Int) throws(DecodingFailure) -> Int {
        guard blockSize <= LZ4_compressBound(Int32(Self.blockCapacity)) else {
            throw .corrupt("a block of \(blockSize) bytes", consumed: consumed)
        }
        let count = min(blockSize - block.count, input.count)
        block.append(contentsOf: input[..<count])
        if block.count == blockSize {
            try decodeBlock(consumed: consumed)
            blockSize = 0
        }
        return count
    }

    private func decodeBlock(consumed: Int) throws(DecodingFailure) {
        var size: Int32 = 0
        decoded = [UInt8](unsafeUninitializedCapacity: Self.blockCapacity) { buffer, initialized in
            size = block.withUnsafeBytes { bytes in
                LZ4_decompress_safe(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                    UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self),
                    Int32(bytes.count), Int32(buffer.count))
            }
            initialized = max(0, Int(size))
        }
        position = 0
        guard size >= 0 else { throw .corrupt("a block that does not decode", consumed: consumed) }
    }
}
