/// The size of a disk as LinuxKit takes it: MiB without a unit, or with one of M, MB, G, GB.
struct DiskSize {
    let mebibytes: UInt64

    init(parsing text: String) throws {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [String: UInt64] = ["": 1, "M": 1, "MB": 1, "G": 1024, "GB": 1024]
        guard let number = UInt64(digits), let unit = units[text.dropFirst(digits.count).uppercased()],
            case let (size, overflow) = number.multipliedReportingOverflow(by: unit), !overflow
        else {
            throw Failure("--size \(text): a size is a number of MiB, or one with M or G such as 2G", .usage)
        }
        mebibytes = size
    }
}
