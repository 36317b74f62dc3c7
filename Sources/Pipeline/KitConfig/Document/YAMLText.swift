/// A location in a YAML text. Lines and columns count from 1, columns in Unicode scalars.
struct YAMLMark: Hashable {
    var line: Int
    var column: Int

    static let start = YAMLMark(line: 1, column: 1)
}

/// The reason why a text cannot be read, and its location.
struct YAMLFault: Error, Hashable {
    var mark: YAMLMark
    var message: String
}

/// A YAML text as UTF-8 without a byte order mark, converted from any supported encoding
/// (YAML 1.2.2, section 5.2).
struct YAMLText {
    let utf8: [UInt8]

    /// Reads UTF-8, with or without a byte order mark, and UTF-16 with one.
    init(_ bytes: [UInt8]) throws(YAMLFault) {
        if let encoding = Self.unsupportedEncoding(bytes) {
            throw YAMLFault(mark: .start, message: "\(encoding): save the file as UTF-8")
        }
        if bytes.starts(with: [0xFF, 0xFE]) {
            utf8 = try Self.decodeUTF16(bytes, name: "UTF-16LE") { UInt16($1) << 8 | UInt16($0) }
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            utf8 = try Self.decodeUTF16(bytes, name: "UTF-16BE") { UInt16($0) << 8 | UInt16($1) }
        } else {
            utf8 = try Self.checkUTF8(bytes)
        }
    }

    /// Detects unsupported encodings by byte order marks or zero bytes: the first two characters of a YAML text are
    /// never U+0000.
    private static func unsupportedEncoding(_ bytes: [UInt8]) -> String? {
        let start = Array(bytes.prefix(4))
        if start == [0xFF, 0xFE, 0, 0] || start == [0, 0, 0xFE, 0xFF] { return "UTF-32 is not supported" }
        if start.count == 4, start.filter({ $0 == 0 }).count == 3, start[0] == 0 || start[0] < 0x80 {
            return "UTF-32 is not supported"
        }
        guard start.count >= 2, (start[0] == 0) != (start[1] == 0) else { return nil }
        return "UTF-16 without a byte order mark"
    }

    private static func checkUTF8(_ bytes: [UInt8]) throws(YAMLFault) -> [UInt8] {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var decoder = UTF8()
        var rest = body.makeIterator()
        var offset = body.startIndex
        while true {
            switch decoder.decode(&rest) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return Array(body)
            case .error:
                let byte = String(bytes[offset], radix: 16, uppercase: true)
                throw YAMLFault(
                    mark: mark(after: body[..<offset]),
                    message: "not UTF-8: invalid byte 0x\(byte) at offset \(offset); save the file as UTF-8")
            }
        }
    }

    private static func decodeUTF16(
        _ bytes: [UInt8], name: String, unit: (UInt8, UInt8) -> UInt16
    ) throws(YAMLFault) -> [UInt8] {
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { unit(bytes[$0], bytes[$0 + 1]) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var decoder = UTF16()
        var rest = units.makeIterator()
        var offset = 2
        while case let step = decoder.decode(&rest), step != .emptyInput {
            guard case .scalarValue(let scalar) = step else {
                throw YAMLFault(
                    mark: mark(after: text[...]),
                    message:
                        "not \(name): unpaired surrogate at byte offset \(offset); save the file as UTF-8")
            }
            offset += 2 * UTF16.width(scalar)
            text += Array(String(scalar).utf8)
        }
        guard bytes.count.isMultiple(of: 2) else {
            throw YAMLFault(
                mark: mark(after: text[...]),
                message:
                    "not \(name): half a character at byte offset \(bytes.count - 1); save the file as UTF-8")
        }
        return text
    }

    /// The location at byte `offset` of the UTF-8 text.
    func mark(atByte offset: Int) -> YAMLMark { Self.mark(after: utf8.prefix(offset)) }

    private static func mark(after text: ArraySlice<UInt8>) -> YAMLMark {
        var mark = YAMLMark.start
        var previous: Unicode.Scalar?
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar.isYAMLBreak {
                // A carriage return with a line feed is one line break.
                if scalar != "\n" || previous != "\r" { mark = YAMLMark(line: mark.line + 1, column: 1) }
            } else {
                mark.column += 1
            }
            previous = scalar
        }
        return mark
    }

    /// The line with this number, counted from 1, without its line break.
    func line(_ number: Int) -> [Unicode.Scalar] {
        var current = 1
        var line: [Unicode.Scalar] = []
        var previous: Unicode.Scalar?
        for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars {
            if scalar.isYAMLBreak {
                if scalar != "\n" || previous != "\r" { current += 1 }
            } else if current == number {
                line.append(scalar)
            }
            previous = scalar
            if current > number { break }
        }
        return line
    }
}
