internal import Bytes

/// A tar writer of a test's own: independent of the one under test, and willing to write nonsense.
public enum TestTar {
    /// The archive of `members`, its two zero blocks included.
    public static func archive(_ members: [TestMember]) -> [UInt8] {
        members.flatMap(bytes) + [UInt8](repeating: 0, count: 1024)
    }

    /// One member: extended header where needed, header, contents, padding.
    public static func bytes(_ member: TestMember) -> [UInt8] {
        var records = member.records
        if member.name.count > 100 { records.append((key: "path", value: member.name)) }
        if member.link.count > 100 { records.append((key: "linkpath", value: member.link)) }
        var bytes: [UInt8] = []
        if !records.isEmpty {
            let data = records.flatMap(record)
            var extended = TestMember("PaxHeaders/x", type: "x")
            extended.contents = data
            bytes += header(extended, size: data.count) + padded(data)
        }
        return bytes + header(member, size: member.contents.count) + padded(member.contents)
    }

    /// The header block of `member`, saying that `size` bytes follow.
    public static func header(_ member: TestMember, size: Int) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int, limit: Int) {
            let cut = Array(bytes.prefix(limit))
            block.replaceSubrange(offset..<offset + cut.count, with: cut)
        }
        func octal(_ value: UInt64, at offset: Int, width: Int) {
            let digits = String(value, radix: 8)
            let zeros = String(repeating: "0", count: max(0, width - 1 - digits.count))
            put(Array((zeros + digits).utf8), at: offset, limit: width - 1)
        }
        put(member.name.bytes, at: 0, limit: 100)
        octal(UInt64(member.mode), at: 100, width: 8)
        octal(UInt64(member.uid), at: 108, width: 8)
        octal(UInt64(member.gid), at: 116, width: 8)
        octal(UInt64(size), at: 124, width: 12)
        octal(member.modified, at: 136, width: 12)
        put(Array(String(member.type).utf8), at: 156, limit: 1)
        put(member.link.bytes, at: 157, limit: 100)
        put(Array("ustar\u{0}00".utf8), at: 257, limit: 8)
        octal(UInt64(member.deviceMajor), at: 329, width: 8)
        octal(UInt64(member.deviceMinor), at: 337, width: 8)
        put(Array("        ".utf8), at: 148, limit: 8)
        let sum = block.reduce(0) { $0 + UInt64($1) }
        octal(sum, at: 148, width: 7)
        block[154] = 0
        return block
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// `length key=value\n`, the length counting itself.
    private static func record(_ key: String, _ value: ByteString) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value.bytes + [0x0A]
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length += 1 }
        return Array(String(length).utf8) + rest
    }
}
