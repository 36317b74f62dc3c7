public import Bytes

/// A newc header (Linux, Documentation/driver-api/early-userspace/buffer-format.rst): a magic and
/// 13 numbers of eight hexadecimal digits each, then the name with a NUL, then the data, both padded to 4 bytes.
public struct NewcHeader: Hashable, Sendable {
    static let magic = Array("070701".utf8)
    /// The same with a checksum, which nothing verifies.
    static let magicWithChecksum = Array("070702".utf8)
    static let size = 110
    static let trailer: ByteString = "TRAILER!!!"
    /// PATH_MAX: bytes of a name with its NUL, or of a symbolic link's target, that the kernel takes at most.
    static let nameLimit = 4096

    public var inode: UInt32 = 0
    /// File type and permissions, as in `st_mode`.
    public var mode: UInt32 = 0
    public var uid: UInt32 = 0
    public var gid: UInt32 = 0
    public var linkCount: UInt32 = 1
    /// Seconds since 1970-01-01T00:00:00Z.
    public var modified: UInt32 = 0
    /// Bytes of data.
    public var dataSize: UInt32 = 0
    public var deviceMajor: UInt32 = 0
    public var deviceMinor: UInt32 = 0
    /// Of character and block devices.
    public var representedMajor: UInt32 = 0
    public var representedMinor: UInt32 = 0
    public var name: ByteString

    public init(name: ByteString) { self.name = name }

    /// Header and name, padded.
    var encoded: [UInt8] {
        let fields = [
            inode, mode, uid, gid, linkCount, modified, dataSize, deviceMajor, deviceMinor, representedMajor,
            representedMinor, UInt32(truncatingIfNeeded: name.count + 1), 0,
        ]
        var bytes = Self.magic
        bytes.reserveCapacity(Self.size + name.count + 4)
        for field in fields { Self.append(field, to: &bytes) }
        bytes += name.bytes
        bytes.append(0)
        bytes.append(contentsOf: repeatElement(0, count: Self.padding(UInt64(bytes.count))))
        return bytes
    }

    private static func append(_ field: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            let digit = UInt8(field >> shift & 15)
            bytes.append(digit < 10 ? 0x30 + digit : 0x37 + digit)
        }
    }

    /// Bytes up to the next multiple of 4.
    static func padding(_ count: UInt64) -> Int { Int((4 - count % 4) % 4) }

    /// The fields of the 110 bytes at `offset`, and the count of bytes of the name that follows, NUL included.
    static func parse(
        _ bytes: [UInt8], at offset: UInt64
    ) throws(CpioError) -> (header: NewcHeader, nameSize: Int) {
        guard bytes.starts(with: magic) || bytes.starts(with: magicWithChecksum) else {
            throw .badMagic(offset: offset)
        }
        var position = 6
        func next(_ field: String) throws(CpioError) -> UInt32 {
            defer { position += 8 }
            var value: UInt32 = 0
            for byte in bytes[position..<position + 8] {
                guard let digit = Hexadecimal.value(byte) else {
                    throw .invalidField(field: field, offset: offset)
                }
                value = value << 4 | UInt32(digit)
            }
            return value
        }
        var header = NewcHeader(name: ByteString())
        header.inode = try next("ino")
        header.mode = try next("mode")
        header.uid = try next("uid")
        header.gid = try next("gid")
        header.linkCount = try next("nlink")
        header.modified = try next("mtime")
        header.dataSize = try next("filesize")
        header.deviceMajor = try next("devmajor")
        header.deviceMinor = try next("devminor")
        header.representedMajor = try next("rdevmajor")
        header.representedMinor = try next("rdevminor")
        let nameSize = Int(try next("namesize"))
        guard (1...nameLimit).contains(nameSize) else {
            throw .invalidField(field: "namesize", offset: offset)
        }
        return (header, nameSize)
    }
}
