internal import CZlib

/// gzip (RFC 1952) and zlib (RFC 1950) members, and bare DEFLATE (RFC 1951), through zlib's inflate.
final class ZlibDecoder: MemberDecoder {
    // zlib's state points back at its z_stream, so that one must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    convenience init(gzip: Bool) throws(DecodingFailure) {
        try self.init(windowBits: gzip ? 15 + 16 : 15)
    }

    convenience init(_ form: BlockDecompressor.Form) throws(DecodingFailure) {
        switch form {
        case .deflate: try self.init(windowBits: -15)
        case .zlib: try self.init(windowBits: 15)
        }
    }

    private init(windowBits: Int32) throws(DecodingFailure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .memory }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func startMember() throws(DecodingFailure) { inflateReset(stream) }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inputEnds: Bool
    ) throws(DecodingFailure) -> DecodingStep {
        let input = input.front()
        let output = output.front()
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let code = inflate(stream, Z_NO_FLUSH)
        let consumed = input.count - Int(stream.pointee.avail_in)
        let produced = output.count - Int(stream.pointee.avail_out)
        switch code {
        case Z_OK, Z_BUF_ERROR: return DecodingStep(consumed: consumed, produced: produced)
        case Z_STREAM_END: return DecodingStep(consumed: consumed, produced: produced, endsMember: true)
        case Z_MEM_ERROR: throw .memory
        case Z_NEED_DICT: throw .corrupt("it needs a preset dictionary", consumed: consumed)
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib code \(code)"
            throw .corrupt(reason, consumed: consumed)
        }
    }
}
