internal import Bytes

/// The boot info table, in bytes 8 to 63 of a boot image: where the image and its volume descriptor lie.
enum BootInfoTable {
    static let offset = 8
    /// The table is 56 bytes; the checksum is over what follows it.
    static let end = 64

    /// `image` with the table, for its place in the volume. It must have 64 bytes or more.
    static func written(into image: [UInt8], sector: UInt32) -> [UInt8] {
        var image = image
        image.store(little: UInt32(Sector.systemArea), at: offset)
        image.store(little: sector, at: offset + 4)
        image.store(little: UInt32(truncatingIfNeeded: image.count), at: offset + 8)
        image.store(little: checksum(image), at: offset + 12)
        image.store([UInt8](repeating: 0, count: end - offset - 16), at: offset + 16)
        return image
    }

    /// The sum of the words of 32 bits behind the table, the last one filled with zeros.
    private static func checksum(_ image: [UInt8]) -> UInt32 {
        var words = Array(image[end...])
        words.align(to: 4)
        var sum: UInt32 = 0
        for offset in stride(from: 0, to: words.count, by: 4) { sum &+= words.little(at: offset) ?? 0 }
        return sum
    }
}
