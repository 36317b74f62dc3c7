internal import Bytes

/// The unit of a disk's size.
public enum DiskUnit: UInt64, Sendable {
    case mebibyte = 0x10_0000
    /// Required by Google.
    case gibibyte = 0x4000_0000

    var text: String { self == .mebibyte ? "MiB" : "GiB" }
}

/// The range of disk sizes in bytes that a cloud or hypervisor accepts.
public struct DiskRange: Sendable {
    let smallest: UInt64
    let largest: UInt64
    /// The authority for the range, for errors.
    let authority: String

    /// As small as the content allows, and as large as partition tables can represent.
    static let any = DiskRange(smallest: 0, largest: .max, authority: "")

    /// Azure requires at least 20 MiB, plus the footer of 512 bytes. A VHD is limited to 2040 GiB.
    static let azure = DiskRange(smallest: 20 << 20, largest: 2040 << 30, authority: "Azure")
}

extension OutputFormat {
    /// Checks the size in bytes given by `--size`, before any work.
    ///
    /// - Returns: a warning if the size is rounded up.
    public func checkDiskSize(_ asked: UInt64) throws(OutputError) -> String? {
        guard let diskUnit else { return nil }
        guard asked >= diskRange.smallest else {
            throw .diskBelowRange(
                format: name, authority: diskRange.authority, smallest: diskRange.smallest, asked: asked)
        }
        guard asked <= diskRange.largest else {
            throw .diskAboveRange(format: name, largest: diskRange.largest, asked: asked)
        }
        guard asked % diskUnit.rawValue != 0 else { return nil }
        let (size, overflow) = asked.addingReportingOverflow(diskUnit.rawValue - 1)
        let count = (overflow ? asked : size) / diskUnit.rawValue
        return "\(name): disk sizes are whole \(diskUnit.text), so --size \(asked.mebibytes) MiB becomes "
            + "\(count) \(diskUnit.text)"
    }
}

extension UInt64 {
    /// The size in MiB, rounded up.
    var mebibytes: UInt64 { aligned(to: DiskUnit.mebibyte.rawValue) >> 20 }
}
