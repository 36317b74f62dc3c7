internal import Bytes

/// Finds a kernel's release in the text that it prints first, "Linux version 6.1.0-…".
enum ReleaseSearch {
    /// `__NEW_UTS_LEN`, the longest release.
    static let limit = 64

    private static let banner = Array("Linux version ".utf8)
    /// Bytes that are looked at together; twice that is read at a time.
    private static let step = 1 << 20

    /// The release after the first banner in `image`; nil if there is none.
    static func release(in image: some RandomAccessBytes) throws(UKIError) -> String? {
        // The chunks overlap by what a banner and a release may take.
        let overlap = banner.count + limit + 1
        var position: UInt64 = 0
        while position < image.count {
            let chunk: [UInt8]
            do throws(StreamError) {
                let length = Int(min(UInt64(step + overlap), image.count - position))
                chunk = try image.bytes(at: position, length: length, of: "the kernel")
            } catch { throw .stream(error) }
            if let found = firstRelease(in: chunk) { return found }
            position += UInt64(step)
        }
        return nil
    }

    /// `text` up to its first space or zero, if that can be a release.
    static func release(_ text: ArraySlice<UInt8>) -> String? {
        let word = text.prefix { $0 != UInt8(ascii: " ") && $0 != 0 }
        guard let first = word.first, isDigit(first), word.count <= limit, word.endIndex < text.endIndex,
            word.allSatisfy(isAllowed)
        else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    private static func firstRelease(in chunk: [UInt8]) -> String? {
        var start = 0
        while let index = indexOfBanner(in: chunk, from: start) {
            let text = chunk[(index + banner.count)...].prefix(limit + 1)
            if let release = release(text) { return release }
            start = index + 1
        }
        return nil
    }

    private static func indexOfBanner(in chunk: [UInt8], from start: Int) -> Int? {
        guard chunk.count >= banner.count else { return nil }
        return chunk.withUnsafeBufferPointer { bytes -> Int? in
            var index = start
            let last = bytes.count - banner.count
            while index <= last {
                if bytes[index] == banner[0], bytes[index + 6] == banner[6],
                    bytes[index..<index + banner.count].elementsEqual(banner)
                {
                    return index
                }
                index += 1
            }
            return nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f }
}
