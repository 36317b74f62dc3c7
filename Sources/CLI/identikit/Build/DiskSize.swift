/// The size of a disk as LinuxKit takes it: MiB without a unit, or with one of M, MB, G, GB.
struct DiskSize {
    let bytes: UInt64

    init(parsing text: String) throws {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let (mega, giga): (UInt64, UInt64) = (1 << 20, 1 << 30)
        let units = ["": mega, "M": mega, "MB": mega, "G": giga, "GB": giga]
        guard let number = UInt64(digits), let unit = units[text.dropFirst(digits.count).uppercased()],
            case let (size, overflow) = number.multipliedReportingOverflow(by: unit), !overflow,
            size > 0, size <= Self.largest
        else {
            throw Failure(
                "--size \(text): a size is a number of MiB, or one with M or G such as 2G, below 2 TiB",
                .usage)
        }
        bytes = size
    }

    /// 2 TiB less a sector is what an MBR can say; no image of LinuxKit's kind is near it. Bytes.
    private static let largest: UInt64 = (2 << 40) - (1 << 30)
}
