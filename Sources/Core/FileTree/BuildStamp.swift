internal import Bytes
public import Digests

/// The only source of time and identity in outputs, which keeps them reproducible.
public struct BuildStamp: Hashable, Sendable {
    /// 2017-04-18T16:30:00Z, the date that LinuxKit stamps on what it generates.
    public static let defaultEpoch: Int64 = 1_492_533_000

    /// What generated entries carry, and what a format wants as "now".
    public var time: Timestamp

    public init(epoch: Int64 = BuildStamp.defaultEpoch) { time = Timestamp(seconds: epoch) }

    /// An identifier for `role` ("partition 1", "SBOM namespace"), derived from what it identifies:
    /// SHA-256(role ‖ 0 ‖ content digest), whose first bytes become a UUID, serial or disk id.
    public func identity(role: String, of content: SHA256Digest) -> SHA256Digest {
        SHA256Digest(hashing: Array(role.utf8) + [0] + content.bytes)
    }

    /// A UUID in text form derived like `identity`: version 8 (RFC 9562 §5.8, custom), variant 10.
    public func uuid(role: String, of content: SHA256Digest) -> String {
        var bytes = Array(identity(role: role, of: content).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            Hexadecimal.append(byte, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
