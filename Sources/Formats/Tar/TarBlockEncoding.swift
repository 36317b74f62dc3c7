internal import Bytes
internal import FileTree

extension TarBlock {
    /// The header of a member that ustar holds whole.
    init(ustar header: TarHeader) {
        let split = UstarName(splitting: header.name)
        self.init(header, name: split?.name ?? header.name) { $0 }
        if let split { set(Self.prefix, text: split.prefix) }
        seal()
    }

    /// The header of a member whose records say what does not fit here; text without its other characters.
    init(pax header: TarHeader) {
        self.init(header, name: header.name) { $0.plainASCII }
        seal()
    }

    /// The header of the extended header of the member `name`, with `size` bytes of records.
    init(extensionOf name: ByteString, size: Int) {
        self.init()
        bytes[Self.typeFlag] = UInt8(ascii: "x")
        var title = Self.extensionName(of: name).plainASCII.bytes.prefix(Self.name.length)
        while title.last == 0x2F { title.removeLast() }
        set(Self.name, text: ByteString(title))
        for field in [Self.mode, Self.uid, Self.gid, Self.modified] { set(field, number: 0) }
        set(Self.dataSize, number: Int64(size))
        seal()
    }

    private init(_ header: TarHeader, name: ByteString, text: (ByteString) -> ByteString) {
        self.init()
        bytes[Self.typeFlag] = header.typeFlag.rawValue
        set(Self.name, text: text(name))
        set(Self.linkName, text: text(header.linkName))
        set(Self.mode, number: header.mode)
        set(Self.uid, number: header.uid)
        set(Self.gid, number: header.gid)
        set(Self.dataSize, number: Int64(clamping: header.size))
        set(Self.modified, number: header.modified.seconds)
        set(Self.userName, text: text(header.userName))
        set(Self.groupName, text: text(header.groupName))
        set(Self.deviceMajor, number: header.deviceMajor)
        set(Self.deviceMinor, number: header.deviceMinor)
    }

    /// `dir/PaxHeaders.0/base`, cleaned as Go's path.Join does.
    static func extensionName(of name: ByteString) -> ByteString {
        let bytes = name.bytes
        let baseStart = bytes.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
        var parts: [ArraySlice<UInt8>] = []
        let isRooted = bytes.first == 0x2F
        let middle = Array("PaxHeaders.0".utf8)
        let all = bytes[..<baseStart].split(separator: 0x2F) + [middle[...], bytes[baseStart...]]
        for part in all where !part.isEmpty && !part.elementsEqual(".".utf8) {
            guard part.elementsEqual("..".utf8) else {
                parts.append(part)
                continue
            }
            if let last = parts.last, !last.elementsEqual("..".utf8) {
                parts.removeLast()
            } else if !isRooted {
                parts.append(part)
            }
        }
        let joined = Array(parts.joined(separator: [0x2F]))
        if joined.isEmpty, !isRooted { return "." }
        return ByteString((isRooted ? [0x2F] : []) + joined)
    }
}
