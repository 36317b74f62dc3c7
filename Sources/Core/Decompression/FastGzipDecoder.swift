internal import CIsal

/// gzip members (RFC 1952) through ISA-L's inflate.
final class FastGzipDecoder: MemberDecoder {
    private let stream: OpaquePointer
    /// Bytes of the member already consumed.
    private var position: UInt64 = 0

    /// The flags of a member, which RFC 1952 (section 2.3.1) reserves: ISA-L ignores them.
    private static let reservedFlags: UInt8 = 0b1110_0000
    private static let flagsOffset: UInt64 = 3

    /// Nil where the library is missing: zlib does the same, more slowly.
    init?() {
        guard let stream = cisal_new() else { return nil }
        self.stream = stream
    }

    deinit { cisal_free(stream) }

    func startMember() throws(DecodingFailure) {
        position = 0
        cisal_start(stream)
    }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep {
        let input = input.front()
        let output = output.front()
        if position <= Self.flagsOffset, Self.flagsOffset - position < UInt64(input.count),
            input[Int(Self.flagsOffset - position)] & Self.reservedFlags != 0
        {
            throw .corrupt("unknown header flags set", consumed: 0)
        }
        var (inputLeft, outputLeft) = (input.count, output.count)
        let outcome = cisal_decode(stream, input.baseAddress, &inputLeft, output.baseAddress, &outputLeft)
        let consumed = input.count - inputLeft
        position += UInt64(consumed)
        let step = DecodingStep(
            consumed: consumed, produced: output.count - outputLeft, endsMember: outcome == CISAL_END)
        switch outcome {
        case CISAL_MORE, CISAL_END: return step
        case CISAL_WRONG_CHECKSUM: throw .corrupt("incorrect checksum", consumed: consumed)
        default: throw .corrupt("invalid DEFLATE data", consumed: consumed)
        }
    }
}
