public import Bytes
internal import CLz4

/// Decodes blocks that are compressed each for itself, as in file systems, and whose decoded size has a limit.
/// One state serves all of them; it belongs to one thread at a time.
public final class BlockDecoder {
    public enum Format: Sendable {
        /// A zlib stream (RFC 1950).
        case zlib
        /// An .xz stream.
        case xz
        /// A zstd frame (RFC 8878).
        case zstd
        /// A block of LZ4, without a frame.
        case lz4
    }

    private let format: Format
    /// None for LZ4, which has no state.
    private let decoder: (any MemberDecoder)?
    private let memoryLimit: UInt64

    public init(_ format: Format, memoryLimit: UInt64 = Decompressor.defaultMemoryLimit) throws(StreamError) {
        self.format = format
        self.memoryLimit = memoryLimit
        do throws(DecodingFailure) {
            switch format {
            case .zlib: decoder = try ZlibDecoder(gzip: false)
            case .xz: decoder = try XzDecoder(memoryLimit: memoryLimit)
            case .zstd: decoder = try ZstdDecoder(memoryLimit: memoryLimit)
            case .lz4: decoder = nil
            }
        } catch { throw .limitExceeded(what: "memory to decode \(format) data", limit: memoryLimit) }
    }

    /// The bytes that `input` is the compressed form of. More than `limit` of them are an error, and bytes
    /// after the end of the compressed form are too. An error's offset counts bytes of `input`.
    public func decode(_ input: [UInt8], limit: Int) throws(StreamError) -> [UInt8] {
        var failure: StreamError?
        let output = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let result = input.withUnsafeBytes { input -> Result<Int, StreamError> in
                do throws(StreamError) {
                    return .success(try decode(input, into: UnsafeMutableRawBufferPointer(buffer)))
                } catch { return .failure(error) }
            }
            switch result {
            case .success(let decoded): count = decoded
            case .failure(let error): failure = error
            }
        }
        if let failure { throw failure }
        return output
    }

    private func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard let decoder else { return try decodeLz4(input, into: output) }
        var consumed = 0
        var produced = 0
        do throws(DecodingFailure) {
            try decoder.startMember()
            while true {
                let step = try decoder.decode(
                    UnsafeRawBufferPointer(rebasing: input[consumed...]),
                    into: UnsafeMutableRawBufferPointer(rebasing: output[produced...]), inputEnds: true)
                consumed += step.consumed
                produced += step.produced
                if step.endsMember { break }
                guard step.consumed > 0 || step.produced > 0 else {
                    if produced == output.count {
                        throw DecodingFailure.corrupt("more than \(output.count) bytes", consumed: 0)
                    }
                    throw DecodingFailure.corrupt("no end", consumed: 0)
                }
            }
        } catch {
            switch error {
            case .corrupt(let reason, let step):
                throw .corrupt(what: "\(format) block", offset: UInt64(consumed + step), reason: reason)
            case .memory: throw .limitExceeded(what: "memory to decode \(format) data", limit: memoryLimit)
            }
        }
        guard consumed == input.count else {
            throw .corrupt(what: "\(format) block", offset: UInt64(consumed), reason: "bytes after its end")
        }
        return produced
    }

    private func decodeLz4(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard let inputCount = Int32(exactly: input.count), let outputCount = Int32(exactly: output.count)
        else { throw .limitExceeded(what: "bytes of an LZ4 block", limit: UInt64(Int32.max)) }
        let size = LZ4_decompress_safe(
            input.baseAddress?.assumingMemoryBound(to: CChar.self),
            output.baseAddress?.assumingMemoryBound(to: CChar.self), inputCount, outputCount)
        guard size >= 0 else {
            throw .corrupt(what: "lz4 block", offset: 0, reason: "it does not decode")
        }
        return Int(size)
    }
}
