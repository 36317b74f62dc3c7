public import Bytes

/// Decodes blocks that were compressed each for itself, whose decoded size is known, as disk images and
/// file systems have them.
public enum BlockDecompressor {
    public enum Form: Sendable {
        /// RFC 1951, without a frame.
        case deflate
        /// RFC 1950.
        case zlib
    }

    /// The first `count` bytes that come out of `block`, fewer if its stream ends before. What follows them, in
    /// the stream or after it, is ignored. The offset in an error counts from the start of `block`.
    public static func decode(_ block: [UInt8], _ form: Form, count: Int) throws(StreamError) -> [UInt8] {
        let decoder: ZlibDecoder
        do throws(DecodingFailure) { decoder = try ZlibDecoder(form) } catch {
            throw .limitExceeded(what: "memory to decode a block", limit: 0)
        }
        var failure: StreamError?
        let decoded = block.withUnsafeBytes { input in
            [UInt8](unsafeUninitializedCapacity: count) { output, filled in
                do throws(StreamError) {
                    filled = try decode(input, with: decoder, into: UnsafeMutableRawBufferPointer(output))
                } catch { failure = error }
            }
        }
        if let failure { throw failure }
        return decoded
    }

    private static func decode(
        _ input: UnsafeRawBufferPointer, with decoder: ZlibDecoder,
        into output: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        var (taken, filled) = (0, 0)
        while filled < output.count {
            let step: DecodingStep
            do throws(DecodingFailure) {
                step = try decoder.decode(
                    UnsafeRawBufferPointer(rebasing: input[taken...]),
                    into: UnsafeMutableRawBufferPointer(rebasing: output[filled...]), inputEnds: true)
            } catch {
                guard case .corrupt(let reason, let consumed) = error else {
                    throw .limitExceeded(what: "memory to decode a block", limit: 0)
                }
                throw .corrupt(
                    what: "a compressed block", offset: UInt64(taken + consumed), reason: reason)
            }
            taken += step.consumed
            filled += step.produced
            if step.endsMember { break }
            if step.consumed == 0 && step.produced == 0 {
                throw .unexpectedEnd(of: "a compressed block", offset: UInt64(taken))
            }
        }
        return filled
    }
}
