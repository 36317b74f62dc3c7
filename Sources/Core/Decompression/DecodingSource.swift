internal import Bytes

/// What may stand after the last member of a compressed file.
enum TrailingBytes {
    /// Nothing but further members and the padding that the format allows.
    case refused
    /// What does not start another member is ignored, as gzip(1), pigz and Go's tools do with gzip.
    case garbageIgnored
    /// Anything: the first member is all there is (a kernel's payload is followed by its size).
    case ignored
}

/// The decoded bytes of a compressed source, member after member.
final class DecodingSource<Base: ByteSource>: ByteSource {
    private var base: Base
    private let compression: Compression
    private let decoder: any MemberDecoder
    private let trailing: TrailingBytes
    /// The most bytes to give out, and the most memory a decoder may take.
    private let limit: UInt64
    private let memoryLimit: UInt64

    private let buffer: UnsafeMutableRawBufferPointer
    /// The buffer and a few zeros after it, for decoders that look ahead.
    private let allocated: UnsafeMutableRawBufferPointer
    private var unread = 0..<0
    private var baseEnded = false
    /// How many compressed bytes lie before `unread`, and how many decoded ones went out.
    private var offset: UInt64
    private var total: UInt64 = 0

    private enum State {
        case inMember
        case betweenMembers
        case ended
        case failed(StreamError)
    }
    private var state = State.inMember

    init(
        _ base: Base, compression: Compression, decoder: any MemberDecoder, trailing: TrailingBytes,
        limit: UInt64, memoryLimit: UInt64, offset: UInt64 = 0
    ) {
        let capacity = 64 << 10
        allocated = .allocate(byteCount: capacity + 64, alignment: 16)
        allocated.initializeMemory(as: UInt8.self, repeating: 0)
        buffer = UnsafeMutableRawBufferPointer(rebasing: allocated[..<capacity])
        self.base = base
        self.offset = offset
        self.compression = compression
        self.decoder = decoder
        self.trailing = trailing
        self.limit = limit
        self.memoryLimit = memoryLimit
    }

    deinit { allocated.deallocate() }

    func read(into output: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        if output.isEmpty { return 0 }
        do throws(StreamError) {
            while true {
                switch state {
                case .inMember:
                    let produced = try decodeMember(into: output)
                    if produced > 0 { return produced }
                case .betweenMembers: try findNextMember()
                case .ended: return 0
                case .failed(let error): throw error
                }
            }
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// One step within a member; returns how many bytes it gave.
    private func decodeMember(into output: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        // One byte more than allowed is asked for, to see whether it is there.
        let allowed = limit - total
        let room = allowed < UInt64(output.count) ? Int(allowed) + 1 : output.count
        try fill()
        let input = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[unread])
        let step: DecodingStep
        do throws(DecodingFailure) {
            step = try decoder.decode(input, into: output.front(room), inputEnds: baseEnded)
        } catch { throw streamError(error) }
        consume(step.consumed)
        total += UInt64(step.produced)
        if total > limit { throw .limitExceeded(what: "decompressed \(compression) data", limit: limit) }
        if step.endsMember {
            state = trailing == .ignored ? .ended : .betweenMembers
        } else if step.consumed == 0 && step.produced == 0 {
            if unread.isEmpty { throw .unexpectedEnd(of: "\(compression) data", offset: offset) }
            throw corrupt("the decoder makes no progress")
        }
        return step.produced
    }

    /// Steps over padding to the next member or the end.
    private func findNextMember() throws(StreamError) {
        let padding = try skipPadding()
        try fill()
        if unread.isEmpty {
            state = .ended
            return
        }
        if trailing == .garbageIgnored, compression == .gzip {
            let continues = padding == 0 ? try hasGzipMagic() : false
            if !continues {
                state = .ended
                return
            }
        }
        // gzip's padding is the end of a tape's block; only xz has streams after it.
        guard padding == 0 || compression == .xz, startsMember(buffer[unread.lowerBound]) else {
            throw corrupt("bytes after the end of the compressed data")
        }
        do throws(DecodingFailure) { try decoder.startMember() } catch { throw streamError(error) }
        state = .inMember
    }

    /// Steps over NULs where the format has them between or after members; returns how many.
    private func skipPadding() throws(StreamError) -> UInt64 {
        guard compression == .gzip || compression == .xz else { return 0 }
        let start = offset
        while true {
            try fill()
            let count = buffer[unread].prefix { $0 == 0 }.count
            if count == 0 { break }
            consume(count)
        }
        // The .xz file format, 2.2: stream padding is a multiple of four bytes.
        if compression == .xz && (offset - start) % 4 != 0 {
            throw corrupt("stream padding not a multiple of 4")
        }
        return offset - start
    }

    /// True if the next bytes are the magic number of a gzip member.
    private func hasGzipMagic() throws(StreamError) -> Bool {
        let magic = Compression.gzip.magic.prefix(2)
        if unread.count < magic.count {
            // What is there moves to the front, so that the rest of the magic number fits.
            let held = Array(buffer[unread])
            buffer.copyBytes(from: held)
            unread = 0..<held.count
            while unread.count < magic.count, !baseEnded {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[unread.upperBound...])
                let count = try base.read(into: room)
                unread = 0..<unread.upperBound + count
                baseEnded = count == 0
            }
        }
        return buffer[unread].starts(with: magic)
    }

    /// True if a further member of this format can start with `byte`.
    private func startsMember(_ byte: UInt8) -> Bool {
        switch compression {
        case .zlib, .lz4Legacy: false
        // Skippable frames start with 0x50 to 0x5f.
        case .zstd, .lz4: compression.magic.first == byte || byte & 0xf0 == 0x50
        case .gzip, .xz: compression.magic.first == byte
        }
    }

    private func fill() throws(StreamError) {
        guard unread.isEmpty, !baseEnded else { return }
        let count = try base.read(into: buffer)
        unread = 0..<count
        baseEnded = count == 0
    }

    private func consume(_ count: Int) {
        unread = unread.lowerBound + count..<unread.upperBound
        offset += UInt64(count)
    }

    private func streamError(_ failure: DecodingFailure) -> StreamError {
        switch failure {
        case .corrupt(let reason, let consumed):
            .corrupt(what: "\(compression) data", offset: offset + UInt64(consumed), reason: reason)
        case .memory: .limitExceeded(what: "memory to decode \(compression) data", limit: memoryLimit)
        }
    }

    private func corrupt(_ reason: String) -> StreamError {
        .corrupt(what: "\(compression) data", offset: offset, reason: reason)
    }
}
