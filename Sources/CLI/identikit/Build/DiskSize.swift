/// The size of a disk as LinuxKit accepts it: MiB without a unit, or with one of M, MB, G, GB.
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
                "--size \(text): invalid size; pass a number of MiB, or a number with M or G such as 2G, below 2 TiB",
                .usage)
        }
        bytes = size
    }

    /// The largest size in bytes: 2 TiB less a sector, the most that an MBR can describe.
    private static let largest: UInt64 = (2 << 40) - (1 << 30)
}
