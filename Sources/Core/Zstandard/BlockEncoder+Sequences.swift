// Sequences (RFC 8878, section 3.1.1.3.2).

internal import Bytes

extension BlockEncoder {
    func writeSequences(_ count: Int, to next: inout UnsafeMutableRawPointer) {
        if count < 128 {
            put(UInt32(count), 1, to: &next)
        } else if count < 0x7f00 {
            put(UInt32(count >> 8 + 128) | UInt32(count & 0xff) << 8, 2, to: &next)
        } else {
            put(255 | UInt32(count - 0x7f00) << 8, 3, to: &next)
        }
        guard count > 0 else { return }
        let literalCodes = codes
        let offsetCodes = codes + count
        let matchCodes = codes + 2 * count
        var literalCounts = [UInt32](repeating: 0, count: SequenceCodes.literalCount)
        var offsetCounts = [UInt32](repeating: 0, count: SequenceCodes.offsetCount)
        var matchCounts = [UInt32](repeating: 0, count: SequenceCodes.matchCount)
        SequenceCodes.shortLiterals.withUnsafeBufferPointer { shortLiterals in
            SequenceCodes.shortMatches.withUnsafeBufferPointer { shortMatches in
                guard let shortLiterals = shortLiterals.baseAddress,
                    let shortMatches = shortMatches.baseAddress
                else { return }
                for index in 0..<count {
                    let sequence = sequences[index]
                    literalCodes[index] = SequenceCodes.literalCode(sequence.literals, shortLiterals)
                    offsetCodes[index] = UInt8(truncatingIfNeeded: 31 &- sequence.offset.leadingZeroBitCount)
                    matchCodes[index] = SequenceCodes.matchCode(sequence.length, shortMatches)
                    literalCounts[Int(literalCodes[index])] &+= 1
                    offsetCounts[Int(offsetCodes[index])] &+= 1
                    matchCounts[Int(matchCodes[index])] &+= 1
                }
            }
        }
        let modes = next
        next += 1
        let literal = choose(literalCounts, count, SequenceCodes.literalDefault, maximumLog: 9, to: &next)
        let offset = choose(offsetCounts, count, SequenceCodes.offsetDefault, maximumLog: 8, to: &next)
        let match = choose(matchCounts, count, SequenceCodes.matchDefault, maximumLog: 9, to: &next)
        modes.storeBytes(of: literal.mode << 6 | offset.mode << 4 | match.mode << 2, as: UInt8.self)
        write(count, literalCodes, offsetCodes, matchCodes, literal.code, offset.code, match.code, to: &next)
    }

    /// The cheapest code for symbols that occur so often, described at `next`: one that decoders know (mode 0), one
    /// symbol (1) or one of its own (2).
    private func choose(
        _ counts: [UInt32], _ count: Int, _ known: FiniteStateCode, maximumLog: Int,
        to next: inout UnsafeMutableRawPointer
    ) -> (mode: UInt8, code: FiniteStateCode) {
        if count > 2, let only = counts.firstIndex(of: UInt32(count)) {
            put(UInt32(only), 1, to: &next)
            return (1, FiniteStateCode.single(only))
        }
        let knownCost = known.cost(counts)
        guard let fitted = FiniteStateCode.fitted(counts, total: count, maximumLog: maximumLog) else {
            if knownCost != nil { return (0, known) }
            // One symbol that the known code does not have.
            let only = counts.firstIndex { $0 > 0 } ?? 0
            put(UInt32(only), 1, to: &next)
            return (1, FiniteStateCode.single(only))
        }
        let description = fitted.description()
        if let knownCost, let fittedCost = fitted.cost(counts),
            knownCost <= fittedCost + description.count << 11
        {
            return (0, known)
        }
        description.withUnsafeBytes {
            if let base = $0.baseAddress { next.copyMemory(from: base, byteCount: $0.count) }
        }
        next += description.count
        return (2, fitted)
    }

    /// The bits of the sequences, from the last to the first (section 3.1.1.3.2.1.2).
    private func write(
        _ count: Int, _ literalCodes: UnsafePointer<UInt8>, _ offsetCodes: UnsafePointer<UInt8>,
        _ matchCodes: UnsafePointer<UInt8>, _ literal: FiniteStateCode, _ offset: FiniteStateCode,
        _ match: FiniteStateCode, to next: inout UnsafeMutableRawPointer
    ) {
        var writer = BitWriter(at: next)
        let tail = count - 1
        literal.withTables { startLiteral in
            offset.withTables { startOffset in
                match.withTables { startMatch in
                    var literalState = startLiteral(literalCodes[tail])
                    var offsetState = startOffset(offsetCodes[tail])
                    var matchState = startMatch(matchCodes[tail])
                    addExtra(
                        sequences[tail], literalCodes[tail], offsetCodes[tail], matchCodes[tail], &writer)
                    var index = tail
                    while index > 0 {
                        index &-= 1
                        offsetState.add(offsetCodes[index], to: &writer)
                        matchState.add(matchCodes[index], to: &writer)
                        literalState.add(literalCodes[index], to: &writer)
                        writer.flush()
                        addExtra(
                            sequences[index], literalCodes[index], offsetCodes[index], matchCodes[index],
                            &writer)
                    }
                    matchState.finish(&writer)
                    offsetState.finish(&writer)
                    literalState.finish(&writer)
                    writer.flush()
                }
            }
        }
        writer.close()
        next = writer.end
    }

    @inline(__always)
    private func addExtra(
        _ sequence: Sequence, _ literal: UInt8, _ offset: UInt8, _ match: UInt8, _ writer: inout BitWriter
    ) {
        writer.addLow(
            UInt64(sequence.literals &- literalBaselines[Int(literal)]),
            width: UInt64(literalExtraBits[Int(literal)]))
        writer.addLow(
            UInt64(sequence.length &- matchBaselines[Int(match)]), width: UInt64(matchExtraBits[Int(match)]))
        writer.flush()
        writer.addLow(UInt64(sequence.offset), width: UInt64(offset))
        writer.flush()
    }
}
