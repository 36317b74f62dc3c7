internal import Bytes

/// What a disk's size is a multiple of.
public enum DiskUnit: UInt64, Sendable {
    case mebibyte = 0x10_0000
    /// As Google asks.
    case gibibyte = 0x4000_0000

    var text: String { self == .mebibyte ? "MiB" : "GiB" }
}

/// The sizes that whoever takes a disk allows. Bytes.
public struct DiskRange: Sendable {
    let smallest: UInt64
    let largest: UInt64
    /// Who says so, for errors.
    let authority: String

    /// As small as the content, and as large as partition tables can say.
    static let any = DiskRange(smallest: 0, largest: .max, authority: "")

    /// Azure takes disks from 20 MiB on, to which it adds the footer of 512 bytes. A VHD holds 2040 GiB.
    static let azure = DiskRange(smallest: 20 << 20, largest: 2040 << 30, authority: "Azure")
}

extension OutputFormat {
    /// Checks the bytes that `--size` asks for, before any work.
    ///
    /// - Returns: a warning where the disk will have another size, as it is rounded up.
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
    /// Rounded up.
    var mebibytes: UInt64 { aligned(to: DiskUnit.mebibyte.rawValue) >> 20 }
}
