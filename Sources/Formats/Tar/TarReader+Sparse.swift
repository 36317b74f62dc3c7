internal import Bytes

/// The forms in which GNU tar keeps files with holes (GNU tar's manual, "Storing Sparse Files"): the old one, type
/// `S` with the map in the header and in blocks after it, and the versions 0.0, 0.1 and 1.0 in PAX records, the last
/// with the map before the data.
extension TarReader {
    /// Reads the map of a sparse member in whichever form and gives `header` the name and size of the file. `stored`,
    /// the bytes of the member's data, becomes what is left of them behind the map.
    mutating func readSparseMap(
        _ block: TarBlock, of header: inout TarHeader, stored: inout UInt64, at offset: UInt64
    ) throws(TarError) -> SparseMap {
        let entry = header.name
        let map: SparseMap?
        if block.bytes[TarBlock.typeFlag] == UInt8(ascii: "S") {
            map = try readOldMap(block)
        } else {
            switch PaxSparseForm(header.records) {
            case .unknown: throw .sparseFile(entry: entry, offset: offset)
            case .inRecords(let text):
                map = PaxSparseForm.size(header.records).flatMap { text.map(size: $0) }
            case .beforeData:
                let pieces = try readMapBeforeData(&stored)
                map = PaxSparseForm.size(header.records).flatMap { size in
                    pieces.map { SparseMap(pieces: $0, size: size) }
                }
            }
            header.name = PaxSparseForm.name(header.records) ?? header.name
            header.records.removeAll { $0.key.hasPrefix(PaxKey.gnuSparse) }
        }
        guard let map, map.isInOrder, map.stored == stored else {
            throw .invalidField(field: "sparse map", entry: entry, offset: offset)
        }
        header.size = map.size
        return map
    }

    /// The old form: nil if it is invalid.
    private mutating func readOldMap(_ block: TarBlock) throws(TarError) -> SparseMap? {
        var pieces: [Range<UInt64>] = []
        guard block.dialect() == .gnu,
            let size = UInt64(exactly: block.number(TarBlock.sparseRealSize) ?? -1),
            block.readPieces(TarBlock.sparsePieces, into: &pieces)
        else { return nil }
        var isExtended = block.bytes[TarBlock.sparseIsExtended] != 0
        while isExtended {
            guard let further = try readAnyBlock() else {
                throw .truncated(what: "a sparse map", offset: offset)
            }
            guard pieces.count <= TarLimits.sparsePieces,
                further.readPieces(TarBlock.furtherPieces, into: &pieces)
            else { return nil }
            isExtended = further.bytes[TarBlock.furtherIsExtended] != 0
        }
        return SparseMap(pieces: pieces, size: size)
    }

    /// Version 1.0: decimal numbers, a line feed after each, padded to whole blocks; first how many pieces, then
    /// offset and length of each. Nil if it is invalid.
    private mutating func readMapBeforeData(_ stored: inout UInt64) throws(TarError) -> [Range<UInt64>]? {
        var numbers: [UInt64] = []
        var wanted = 1
        var digits: [UInt8] = []
        while numbers.count < wanted {
            guard stored >= UInt64(TarBlock.size) else { return nil }
            guard let block = try readAnyBlock() else {
                throw .truncated(what: "a sparse map", offset: offset)
            }
            stored -= UInt64(TarBlock.size)
            for byte in block.bytes where numbers.count < wanted {
                guard byte == 0x0A else {
                    digits.append(byte)
                    if digits.count > 20 { return nil }
                    continue
                }
                guard let number = PaxSparseForm.number(digits) else { return nil }
                digits = []
                numbers.append(number)
                if numbers.count == 1 {
                    guard number <= UInt64(TarLimits.sparsePieces) else { return nil }
                    wanted += Int(number) * 2
                }
            }
        }
        return PaxSparseForm.pieces(numbers.dropFirst())
    }
}

/// Which of GNU tar's versions for PAX archives a member's records are of.
private enum PaxSparseForm {
    /// 0.0 and 0.1; the offsets and lengths, with commas between.
    case inRecords(ByteString)
    /// 1.0.
    case beforeData
    case unknown

    init(_ records: [PaxRecord]) {
        let version = ["major", "minor"].map { Self.value($0, records) }
        let map = Self.value("map", records)
        switch (version[0], version[1]) {
        case ("1", "0"): self = .beforeData
        case (nil, nil), ("0", "0"), ("0", "1"): self = map.map { .inRecords($0) } ?? .unknown
        default: self = .unknown
        }
    }

    static func name(_ records: [PaxRecord]) -> ByteString? { value("name", records) }

    /// Bytes of the file.
    static func size(_ records: [PaxRecord]) -> UInt64? {
        (value("realsize", records) ?? value("size", records)).flatMap { number($0.bytes) }
    }

    private static func value(_ key: String, _ records: [PaxRecord]) -> ByteString? {
        records.first { $0.key == PaxKey.gnuSparse + ByteString(key) }?.value
    }

    static func number<Digits: Collection<UInt8>>(_ digits: Digits) -> UInt64? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    /// Pairs of offset and length.
    static func pieces<Numbers: Collection<UInt64>>(_ numbers: Numbers) -> [Range<UInt64>]? {
        var pieces: [Range<UInt64>] = []
        var offset: UInt64?
        for number in numbers {
            guard let start = offset else {
                offset = number
                continue
            }
            let (end, overflow) = start.addingReportingOverflow(number)
            guard !overflow else { return nil }
            pieces.append(start..<end)
            offset = nil
        }
        return offset == nil ? pieces : nil
    }
}

extension ByteString {
    /// A map of the versions 0.0 and 0.1; nil if it is invalid.
    fileprivate func map(size: UInt64) -> SparseMap? {
        var numbers: [UInt64] = []
        for digits in bytes.split(separator: 0x2C, omittingEmptySubsequences: false) where !bytes.isEmpty {
            guard let number = PaxSparseForm.number(digits) else { return nil }
            numbers.append(number)
        }
        return PaxSparseForm.pieces(numbers).map { SparseMap(pieces: $0, size: size) }
    }
}
