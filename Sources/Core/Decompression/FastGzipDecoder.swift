internal import CIsal

/// gzip members (RFC 1952) through ISA-L's inflate.
final class FastGzipDecoder: MemberDecoder {
    private let stream: OpaquePointer

    /// Nil where the library is missing: zlib does the same, more slowly.
    init?() {
        guard let stream = cisal_new() else { return nil }
        self.stream = stream
    }

    deinit { cisal_free(stream) }

    func startMember() throws(DecodingFailure) { cisal_start(stream) }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep {
        let input = input.front()
        let output = output.front()
        var (inputLeft, outputLeft) = (input.count, output.count)
        let outcome = cisal_decode(stream, input.baseAddress, &inputLeft, output.baseAddress, &outputLeft)
        let consumed = input.count - inputLeft
        let step = DecodingStep(
            consumed: consumed, produced: output.count - outputLeft, endsMember: outcome == CISAL_END)
        switch outcome {
        case CISAL_MORE, CISAL_END: return step
        case CISAL_WRONG_CHECKSUM: throw .corrupt("incorrect checksum", consumed: consumed)
        default: throw .corrupt("invalid DEFLATE data", consumed: consumed)
        }
    }
}
