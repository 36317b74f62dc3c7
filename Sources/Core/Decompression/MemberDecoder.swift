/// What one call of a decoder did.
struct DecodingStep {
    var consumed = 0
    var produced = 0
    /// The member (gzip), frame (zstd, lz4) or stream (xz) is complete and verified.
    var endsMember = false
}

enum DecodingFailure: Error {
    /// The bytes contradict the format, after `consumed` bytes of this call's input.
    case corrupt(String, consumed: Int)
    /// Decoding would take more memory than was allowed.
    case memory
}

/// One member after the other of one format. Owns a C library's state, which its `deinit` frees.
protocol MemberDecoder: AnyObject {
    /// Makes ready for the next member, after one that ended.
    func startMember() throws(DecodingFailure)

    /// Decodes what it can of `input`. `inputEnds` says that no more will come after it.
    /// An empty `input` drains what the decoder holds back.
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep
}

extension UnsafeRawBufferPointer {
    /// The first bytes, at most `limit`: C's counters may be 32 bits wide.
    func front(_ limit: Int = 1 << 30) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[..<Swift.min(count, limit)])
    }
}

extension UnsafeMutableRawBufferPointer {
    func front(_ limit: Int = 1 << 30) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[..<Swift.min(count, limit)])
    }
}
