internal import Bytes

/// The members of a Unix archive (ar(5), the common format): what a .deb is made of.
struct UnixArchive {
    struct Member: Equatable, Sendable {
        /// Without the padding, and without the slash that some writers end it with.
        var name: String
        /// Where the contents start, in bytes from the start of the archive.
        var offset: UInt64
        /// Bytes of contents.
        var size: UInt64
    }

    /// Why bytes are no archive, and where.
    struct Failure: Error, Equatable {
        var offset: UInt64
        var reason: String
    }

    private static let magic = Array("!<arch>\n".utf8)
    private static let headerSize: UInt64 = 60
    /// A .deb has three members; an archive with thousands is not one.
    private static let memberLimit = 64

    /// Reads the headers; contents are left where they are.
    static func members(of bytes: some RandomAccessBytes) throws -> [Member] {
        guard bytes.count >= 8, try bytes.bytes(at: 0, length: 8, of: "the archive's magic") == magic else {
            throw Failure(offset: 0, reason: "it does not start with `!<arch>`")
        }
        var members: [Member] = []
        var offset = UInt64(magic.count)
        while offset < bytes.count {
            guard members.count < memberLimit else {
                throw Failure(offset: offset, reason: "it has more than \(memberLimit) members")
            }
            let member = try member(at: offset, in: bytes)
            members.append(member)
            // Contents are padded to an even length; both summands are within the file.
            offset = member.offset + member.size + member.size % 2
        }
        return members
    }

    private static func member(at offset: UInt64, in bytes: some RandomAccessBytes) throws -> Member {
        guard bytes.count - offset >= headerSize else {
            throw Failure(offset: offset, reason: "it ends within a member's header")
        }
        let header = try bytes.bytes(at: offset, length: Int(headerSize), of: "a member's header")
        guard header[58] == UInt8(ascii: "`"), header[59] == UInt8(ascii: "\n") else {
            throw Failure(offset: offset, reason: "a member's header does not end as one does")
        }
        var name = field(header[0..<16])
        if name.hasSuffix("/") { name.removeLast() }
        guard let size = UInt64(field(header[48..<58])) else {
            throw Failure(offset: offset, reason: "the size of `\(name)` is not a number")
        }
        let start = offset + headerSize
        guard size <= bytes.count - start else {
            throw Failure(offset: offset, reason: "`\(name)` is longer than the rest of the file")
        }
        return Member(name: name, offset: start, size: size)
    }

    /// A text field without the blanks that pad it.
    private static func field(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
