internal import Bytes
internal import FileTree

/// The sizes at the start of a `multi` or `script` image's data: 32 bits each, then a zero. The files follow,
/// each but the last one filled up to a multiple of four bytes.
enum UImageFileTable {
    /// More than any image has; a longer table is invalid.
    static let limit = 4096

    static func data(of files: [ExtentMap]) -> ExtentMap {
        var table: [UInt8] = []
        for file in files { table.append(big: UInt32(clamping: file.count)) }
        table.append(big: UInt32(0))
        var data = ExtentMap()
        data.append(table)
        for file in files {
            data.align(to: 4)
            data.append(file)
        }
        return data
    }

    /// The places of the files in the data, `size` bytes from `start` of `image` on; counted from `start`.
    static func parse(
        _ image: any RandomAccessBytes, start: UInt64, size: UInt64
    ) throws(UImageError) -> [Range<UInt64>] {
        var sizes: [UInt64] = []
        var position: UInt64 = 0
        var total: UInt64 = 0
        while true {
            guard position + 4 <= size else {
                throw .badFileTable(offset: start + position, reason: "has no end")
            }
            let word: [UInt8]
            do throws(StreamError) {
                word = try image.bytes(at: start + position, length: 4, of: "U-Boot image")
            } catch { throw .stream(error) }
            position += 4
            guard let value = word.big(UInt32.self, at: 0), value > 0 else { break }
            sizes.append(UInt64(value))
            total += UInt64(value)
            // Stops a table of large sizes long before its end.
            guard sizes.count <= limit, total <= size else {
                throw .badFileTable(offset: start + position - 4, reason: "names more than there is")
            }
        }
        var ranges: [Range<UInt64>] = []
        for length in sizes {
            position = position.aligned(to: 4)
            guard position <= size, length <= size - position else {
                throw .badFileTable(offset: start, reason: "names more than there is")
            }
            ranges.append(position..<position + length)
            position += length
        }
        return ranges
    }
}
