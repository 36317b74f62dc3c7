import Bytes
import Tar

/// Archives made by hand, field by field, so that the reader is not judged by our own writer.
struct RawTar {
    var bytes: [UInt8] = []

    enum Magic: String {
        case v7 = "\0\0\0\0\0\0\0\0"
        case ustar = "ustar\u{0}00"
        case gnu = "ustar  \0"
    }

    /// Appends one header with a right checksum, then `data`, padded.
    mutating func add(
        _ name: String, flag: Character = "0", size: [UInt8]? = nil, mode: String = "0000644\0",
        uid: [UInt8] = Array("0000000\0".utf8), mtime: [UInt8] = Array("00000000000\0".utf8),
        link: String = "",
        magic: Magic = .ustar, prefix: [UInt8] = [], data: [UInt8] = []
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ offset: Int, _ value: [UInt8]) {
            block.replaceSubrange(offset..<offset + value.count, with: value)
        }
        put(0, Array(name.utf8))
        put(100, Array(mode.utf8))
        put(108, uid)
        put(116, Array("0000000\0".utf8))
        put(124, size ?? Self.octal(data.count, 12))
        put(136, mtime)
        block[156] = flag.asciiValue ?? 0
        put(157, Array(link.utf8))
        put(257, Array(magic.rawValue.utf8))
        put(345, prefix)
        put(148, Array(repeating: 0x20, count: 8))
        put(148, Self.octal(block.reduce(0) { $0 + Int($1) }, 7) + [0x20])
        bytes += block + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }

    mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

    static func octal(_ value: Int, _ length: Int) -> [UInt8] {
        let digits = Array(String(value, radix: 8).utf8)
        return [UInt8](repeating: 0x30, count: length - 1 - digits.count) + digits + [0]
    }

    static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = key.utf8.count + value.utf8.count + 3
        var length = rest + 1
        while String(length).utf8.count + rest != length { length += 1 }
        return Array("\(length) \(key)=\(value)\n".utf8)
    }

    static func headers(_ bytes: [UInt8]) throws(TarError) -> [TarHeader] {
        var reader = TarReader(ByteArraySource(bytes))
        var headers: [TarHeader] = []
        while let member = try reader.next() { headers.append(member.header) }
        return headers
    }

    /// The one header of an archive of one member.
    static func header(_ build: (inout RawTar) -> Void) throws -> TarHeader {
        var tar = RawTar()
        build(&tar)
        tar.end()
        let headers = try headers(tar.bytes)
        guard headers.count == 1 else { throw TarError.truncated(what: "one member", offset: 0) }
        return headers[0]
    }
}
