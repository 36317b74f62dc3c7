internal import CLz4

/// LZ4 frames through liblz4.
final class Lz4FrameDecoder: MemberDecoder {
    private let context: OpaquePointer

    init() throws(DecodingFailure) {
        var created: OpaquePointer?
        let code = LZ4F_createDecompressionContext(&created, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(code) == 0, let created else { throw .memory }
        context = created
    }

    deinit { LZ4F_freeDecompressionContext(context) }

    func startMember() throws(DecodingFailure) { LZ4F_resetDecompressionContext(context) }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep {
        var consumed = input.count
        var produced = output.count
        let hint = LZ4F_decompress(
            context, output.baseAddress, &produced, input.baseAddress, &consumed, nil)
        if LZ4F_isError(hint) != 0 {
            throw .corrupt(String(cString: LZ4F_getErrorName(hint)), consumed: 0)
        }
        return DecodingStep(consumed: consumed, produced: produced, endsMember: hint == 0)
    }
}
