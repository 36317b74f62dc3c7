internal import Bytes
internal import Digests
internal import FileTree

/// The text that describes the disk ("The Descriptor File"), embedded in the image.
struct Descriptor {
    /// Sectors kept for it, as QEMU and VMware's tools do.
    static let sectors: UInt64 = 20
    /// Bytes of a descriptor that is read.
    static let limit: UInt64 = 1 << 20

    let text: String

    /// The content id stands for the disk: its first four bytes, never the two values with a meaning of their own.
    init(capacity: UInt64, identity: SHA256Digest, stamp: BuildStamp) {
        let bytes = stamp.identity(role: "VMDK content id", of: identity).bytes
        let id = bytes.big(UInt32.self, at: 0) ?? 0
        let digits = String(min(id, 0xFFFF_FFFD), radix: 16)
        let content = String(repeating: "0", count: 8 - digits.count) + digits
        // The geometry of a SCSI adapter: 255 heads and 63 sectors; cylinders end at 65535.
        let cylinders = min(capacity / (255 * 63), 65_535)
        // The name of the file itself, which readers of an embedded descriptor pass over: the same for all.
        text = """
            # Disk DescriptorFile
            version=1
            CID=\(content)
            parentCID=ffffffff
            createType="streamOptimized"

            # Extent description
            RW \(capacity) SPARSE "disk.vmdk"

            # The Disk Data Base
            #DDB

            ddb.virtualHWVersion = "6"
            ddb.geometry.cylinders = "\(cylinders)"
            ddb.geometry.heads = "255"
            ddb.geometry.sectors = "63"
            ddb.adapterType = "lsilogic"

            """
    }

    var encoded: [UInt8] {
        var bytes = Array(text.utf8)
        bytes.append(zeros: Int(Self.sectors) * 512 - bytes.count)
        return bytes
    }

    init(parsing bytes: [UInt8]) { text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    /// What stands after `key=`, without quotes; nil if there is no such line.
    func value(_ key: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            guard Self.trimmed(line[..<sign]) == key else { continue }
            return Self.trimmed(line[line.index(after: sign)...])
        }
        return nil
    }

    /// Lines that describe extents: an access, a count of sectors, a kind, and a name for most kinds.
    var extents: [Substring] {
        text.split(whereSeparator: \.isNewline).filter { line in
            ["RW ", "RDONLY ", "NOACCESS "].contains { line.hasPrefix($0) }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isPadding: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\"" }
        var text = text.drop(while: isPadding)
        while let last = text.last, isPadding(last) { text.removeLast() }
        return String(text)
    }
}
