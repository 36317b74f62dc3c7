internal import CZstd

/// zstd frames (RFC 8878) through libzstd.
final class ZstdDecoder: MemberDecoder {
    private let context: OpaquePointer

    /// `memoryLimit` bytes bound the window that a frame may ask for (RFC 8878, 3.1.1.1.2).
    init(memoryLimit: UInt64) throws(DecodingFailure) {
        guard let context = ZSTD_createDCtx() else { throw .memory }
        self.context = context
        let log = 63 - Swift.max(memoryLimit, 1).leadingZeroBitCount
        let bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax)
        let allowed = Swift.min(Swift.max(Int32(log), bounds.lowerBound), bounds.upperBound)
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, allowed)
    }

    deinit { ZSTD_freeDCtx(context) }

    func startMember() throws(DecodingFailure) {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep {
        var inBuffer = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var outBuffer = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let hint = ZSTD_decompressStream(context, &outBuffer, &inBuffer)
        if ZSTD_isError(hint) != 0 {
            switch ZSTD_getErrorCode(hint) {
            case ZSTD_error_frameParameter_windowTooLarge, ZSTD_error_memory_allocation: throw .memory
            default: throw .corrupt(String(cString: ZSTD_getErrorName(hint)), consumed: inBuffer.pos)
            }
        }
        return DecodingStep(consumed: inBuffer.pos, produced: outBuffer.pos, endsMember: hint == 0)
    }
}
