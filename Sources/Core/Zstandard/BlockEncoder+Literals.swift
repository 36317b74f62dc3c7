// Literals (RFC 8878, section 3.1.1.3.1).

extension BlockEncoder {
    func writeLiterals(_ bytes: UnsafeBufferPointer<UInt8>, to next: inout UnsafeMutableRawPointer) {
        var counts = [UInt32](repeating: 0, count: 256)
        counts.withUnsafeMutableBufferPointer { counts in for byte in bytes { counts[Int(byte)] &+= 1 } }
        let most = Int(counts.max() ?? 0)
        if most == bytes.count, bytes.count > 4 {
            putLiteralHeader(1, bytes.count, to: &next)
            next.storeBytes(of: bytes[0], as: UInt8.self)
            next += 1
            return
        }
        if bytes.count >= 64, most < bytes.count, most > bytes.count >> 7 + 4,
            writeCoded(bytes, counts, to: &next)
        {
            return
        }
        putLiteralHeader(0, bytes.count, to: &next)
        if let start = bytes.baseAddress { next.copyMemory(from: start, byteCount: bytes.count) }
        next += bytes.count
    }

    /// The header of literals that are raw (0) or one byte repeated (1).
    private func putLiteralHeader(_ type: UInt32, _ count: Int, to next: inout UnsafeMutableRawPointer) {
        let size = UInt32(count)
        if count < 32 {
            put(type | size << 3, 1, to: &next)
        } else if count < 4096 {
            put(type | 1 << 2 | size << 4, 2, to: &next)
        } else {
            put(type | 3 << 2 | size << 4, 3, to: &next)
        }
    }

    func put(_ value: UInt32, _ count: Int, to next: inout UnsafeMutableRawPointer) {
        for index in 0..<count {
            next.storeBytes(of: UInt8(truncatingIfNeeded: value >> UInt32(8 * index)), as: UInt8.self)
            next += 1
        }
    }

    private func writeCoded(
        _ bytes: UnsafeBufferPointer<UInt8>, _ counts: [UInt32], to next: inout UnsafeMutableRawPointer
    ) -> Bool {
        let own = LiteralCode(counts, lengths: lengths)
        guard let description = own.description() else { return false }
        var size = description.count + own.bits(counts) / 8 + 8
        var code = own
        var isTreeless = false
        if let before, before.covers(counts), before.bits(counts) / 8 + 8 <= size {
            (code, isTreeless, size) = (before, true, before.bits(counts) / 8 + 8)
        }
        guard size + bytes.count >> 6 < bytes.count else { return false }
        let format = bytes.count < 256 ? 0 : bytes.count < 1 << 10 ? 1 : bytes.count < 1 << 14 ? 2 : 3
        let headerSize = [3, 3, 4, 5][format]
        let header = next
        next += headerSize
        let start = next
        if !isTreeless {
            description.withUnsafeBytes {
                if let base = $0.baseAddress { next.copyMemory(from: base, byteCount: $0.count) }
            }
            next += description.count
        }
        if format == 0 {
            next = code.write(bytes, to: next)
        } else {
            writeStreams(bytes, code, to: &next)
        }
        let packed = next - start
        guard packed + headerSize < bytes.count, packed < 1 << 18 else {
            next = header
            return false
        }
        let width = [10, 10, 14, 18][format]
        let value =
            UInt64(isTreeless ? 3 : 2) | UInt64(format) << 2 | UInt64(bytes.count) << 4
            | UInt64(packed) << UInt64(4 + width)
        for index in 0..<headerSize {
            header.storeBytes(
                of: UInt8(truncatingIfNeeded: value >> UInt64(8 * index)), toByteOffset: index, as: UInt8.self
            )
        }
        if !isTreeless { before = own }
        return true
    }

    /// Four streams, and the sizes of the first three before them.
    private func writeStreams(
        _ bytes: UnsafeBufferPointer<UInt8>, _ code: LiteralCode, to next: inout UnsafeMutableRawPointer
    ) {
        let table = next
        next += 6
        let quarter = (bytes.count + 3) / 4
        for index in 0..<4 {
            let start = index * quarter
            let end = index == 3 ? bytes.count : start + quarter
            let from = next
            next = code.write(UnsafeBufferPointer(rebasing: bytes[start..<end]), to: next)
            if index < 3 {
                table.storeBytes(
                    of: UInt16(truncatingIfNeeded: next - from).littleEndian, toByteOffset: 2 * index,
                    as: UInt16.self)
            }
        }
    }
}
