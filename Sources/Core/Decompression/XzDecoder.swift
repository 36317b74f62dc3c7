internal import CLzma

/// .xz streams through liblzma.
final class XzDecoder: MemberDecoder {
    private let stream: UnsafeMutablePointer<lzma_stream>
    private let memoryLimit: UInt64
    /// LZMA_TELL_UNSUPPORTED_CHECK: data whose integrity can't be checked is refused.
    private static let flags: UInt32 = 0x02

    init(memoryLimit: UInt64) throws(DecodingFailure) {
        self.memoryLimit = memoryLimit
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        try startMember()
    }

    deinit {
        lzma_end(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func startMember() throws(DecodingFailure) {
        guard lzma_stream_decoder(stream, memoryLimit, Self.flags) == LZMA_OK else { throw .memory }
    }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep {
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = input.count
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = output.count
        let code = lzma_code(stream, LZMA_RUN)
        let consumed = input.count - stream.pointee.avail_in
        let produced = output.count - stream.pointee.avail_out
        switch code {
        case LZMA_OK, LZMA_BUF_ERROR: return DecodingStep(consumed: consumed, produced: produced)
        case LZMA_STREAM_END: return DecodingStep(consumed: consumed, produced: produced, endsMember: true)
        case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: throw .memory
        default: throw .corrupt(Self.reason(code), consumed: consumed)
        }
    }

    private static func reason(_ code: lzma_ret) -> String {
        switch code {
        case LZMA_FORMAT_ERROR: "not the xz format"
        case LZMA_OPTIONS_ERROR: "filters or options that liblzma does not know"
        case LZMA_DATA_ERROR: "data that do not fit the format or their check"
        case LZMA_UNSUPPORTED_CHECK: "an integrity check that liblzma does not know"
        default: "liblzma code \(code.rawValue)"
        }
    }
}
