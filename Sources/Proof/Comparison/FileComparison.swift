public import Bytes
internal import Host

/// The first place where two files differ.
public struct FileDifference: Equatable, Sendable {
    /// Sizes in bytes.
    public let sizes: (UInt64, UInt64)
    /// The offset of the first byte that differs, or the size of the shorter file.
    public let offset: UInt64
    /// Up to 16 bytes from there.
    public let bytes: ([UInt8], [UInt8])

    public static func == (one: Self, other: Self) -> Bool {
        one.sizes == other.sizes && one.offset == other.offset && one.bytes == other.bytes
    }

    /// Compares two files; nil if they are equal. Memory does not grow with their size.
    public static func first(_ one: String, _ other: String) throws(StreamError) -> FileDifference? {
        let files = (try ReadableFile(path: one), try ReadableFile(path: other))
        let common = min(files.0.count, files.1.count)
        var offset: UInt64 = 0
        while offset < common {
            let length = Int(min(1 << 20, common - offset))
            let chunks = (
                try files.0.bytes(at: offset, length: length, of: one),
                try files.1.bytes(at: offset, length: length, of: other)
            )
            if chunks.0 != chunks.1 {
                let index = zip(chunks.0, chunks.1).enumerated().first { $0.element.0 != $0.element.1 }?
                    .offset
                return try difference(files, at: offset + UInt64(index ?? 0), names: (one, other))
            }
            offset += UInt64(length)
        }
        return files.0.count == files.1.count ? nil : try difference(files, at: common, names: (one, other))
    }

    private static func difference(
        _ files: (ReadableFile, ReadableFile), at offset: UInt64, names: (String, String)
    ) throws(StreamError) -> FileDifference {
        func bytes(_ file: ReadableFile, _ name: String) throws(StreamError) -> [UInt8] {
            try file.bytes(at: offset, length: Int(min(16, file.count - offset)), of: name)
        }
        return FileDifference(
            sizes: (files.0.count, files.1.count), offset: offset,
            bytes: (try bytes(files.0, names.0), try bytes(files.1, names.1)))
    }
}

extension FileDifference: CustomStringConvertible {
    public var description: String {
        let place = "at byte \(offset): \(Self.text(bytes.0)) and \(Self.text(bytes.1))"
        return sizes.0 == sizes.1 ? place : "\(sizes.0) and \(sizes.1) bytes, first \(place)"
    }

    private static func text(_ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "the end" }
        if bytes.allSatisfy({ (0x20...0x7e).contains($0) }) {
            return "\"\(String(decoding: bytes, as: UTF8.self))\""
        }
        let text = bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        return text.prefix(8).joined(separator: " ")
    }
}
