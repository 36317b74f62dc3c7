/// A disk of the guest: LinuxKit's `[file=]PATH[,size=1G][,format=qcow2]`.
public struct DiskOption: Sendable, Equatable {
    /// Nil for a disk of the state directory (needs a size).
    public var path: String?
    /// MiB; nil for a disk that exists.
    public var size: UInt64?
    /// QEMU's name of the format. Nil lets QEMU find out.
    public var format: String?

    public init(path: String? = nil, size: UInt64? = nil, format: String? = nil) {
        self.path = path
        self.size = size
        self.format = format
    }

    public init(parsing text: String) throws(RunOptionError) {
        self.init()
        for field in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = parts.count == 2 ? String(parts[0]) : "file"
            let value = String(parts[parts.count - 1])
            switch key {
            case "file": path = value
            case "size":
                guard let mebibytes = Self.mebibytes(value) else {
                    throw RunOptionError(
                        option: "disk", value: text, reason: "a size is a number with M or G, as in size=1G")
                }
                size = mebibytes
            case "format": format = value
            default:
                throw RunOptionError(
                    option: "disk", value: text, reason: "\(key) is not one of file, size and format")
            }
        }
        if path?.isEmpty == true { path = nil }
        guard path != nil || size != nil else {
            throw RunOptionError(option: "disk", value: text, reason: "a disk needs a file or a size")
        }
        // A new disk takes only the room in use.
        if size != nil, format == nil { format = "qcow2" }
    }

    /// `512`, `512M` or `4G` in MiB.
    static func mebibytes(_ text: String) -> UInt64? {
        var digits = text[...]
        var factor: UInt64 = 1
        switch digits.last {
        case "G":
            factor = 1024
            digits = digits.dropLast()
        case "M": digits = digits.dropLast()
        default: break
        }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(digits), number > 0
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// The path, for the disk that is number `index` on the command line: `STATE/disk.img`, `STATE/disk1.img`, …
    public func path(index: Int, state: String) -> String {
        path ?? "\(state)/disk\(index == 0 ? "" : String(index)).img"
    }

    /// What `qemu-img` is called with to make a disk that does not exist; nil without a size.
    public func creationArguments(path: String) -> [String]? {
        size.map { ["create", "-q", "-f", format ?? "qcow2", path, "\($0)M"] }
    }
}
