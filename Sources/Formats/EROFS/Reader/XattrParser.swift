internal import Bytes
internal import FileTree

/// Reads the attributes of inodes, each inode's and each shared one once.
struct XattrParser {
    private let reader: EROFSReader
    /// By inode.
    private var bodies: [UInt64: [ExtendedAttribute]] = [:]
    /// By number, in steps of 4 bytes.
    private var shared: [UInt32: ExtendedAttribute] = [:]
    /// Bytes of attributes read so far. They do not overlap, so an honest image has as many.
    private var bytesRead: UInt64 = 0

    init(_ reader: EROFSReader) { self.reader = reader }

    /// The attributes of an inode, sorted by name.
    mutating func attributes(of node: Node) throws(EROFSError) -> [ExtendedAttribute] {
        guard node.inode.xattrCount > 0 else { return [] }
        if let known = bodies[node.number] { return known }
        let size = XattrBody.size(ofCount: node.inode.xattrCount)
        let start = node.offset + UInt64(node.inode.byteCount)
        try count(size, at: start)
        let bytes = try reader.image.bytes(start, size, of: "attributes")
        let sharedCount = Int(bytes[4])
        var position = XattrBody.headerSize + sharedCount * 4
        guard position <= size else { throw corrupt(start, "\(sharedCount) shared ones in \(size) bytes") }
        var attributes: [ExtendedAttribute] = []
        for index in 0..<sharedCount {
            let number: UInt32 = bytes.little(at: XattrBody.headerSize + index * 4) ?? 0
            attributes.append(try sharedAttribute(number))
        }
        while position < size {
            let header = EntryHeader(bytes, at: position)
            guard header.byteCount <= size - position else {
                throw corrupt(start + UInt64(position), "an entry beyond its inode")
            }
            let end = position + XattrEntry.headerSize + header.nameLength + header.valueSize
            let body = bytes[position + XattrEntry.headerSize..<end]
            if !header.isPadding {
                attributes.append(try header.attribute(body, at: start + UInt64(position)))
            }
            position += header.byteCount
        }
        attributes.sort { $0.name < $1.name }
        for (left, right) in zip(attributes, attributes.dropFirst()) where left.name == right.name {
            throw corrupt(start, "\(left.name) twice")
        }
        bodies[node.number] = attributes
        return attributes
    }

    private mutating func sharedAttribute(_ number: UInt32) throws(EROFSError) -> ExtendedAttribute {
        if let known = shared[number] { return known }
        let superblock = reader.superblock
        let start = UInt64(superblock.xattrBlock) * superblock.blockSize + UInt64(number) * 4
        let header = EntryHeader(
            try reader.image.bytes(start, XattrEntry.headerSize, of: "a shared attribute"), at: 0)
        try count(header.byteCount, at: start)
        let body = try reader.image.bytes(
            start + UInt64(XattrEntry.headerSize), header.nameLength + header.valueSize,
            of: "a shared attribute")
        let attribute = try header.attribute(body[...], at: start)
        shared[number] = attribute
        return attribute
    }

    private mutating func count(_ size: Int, at offset: UInt64) throws(EROFSError) {
        bytesRead += UInt64(size)
        if bytesRead > reader.image.count {
            throw corrupt(offset, "all attributes together exceed the image")
        }
    }

    private func corrupt(_ offset: UInt64, _ reason: String) -> EROFSError {
        .corrupt(what: "extended attributes", offset: offset, reason: reason)
    }
}

/// The first four bytes of `struct erofs_xattr_entry`.
private struct EntryHeader {
    let nameLength: Int
    let prefix: UInt8
    let valueSize: Int

    init(_ bytes: [UInt8], at offset: Int) {
        var fields = FieldReader(bytes, at: offset)
        nameLength = Int(fields.next(UInt8.self))
        prefix = fields.next()
        valueSize = Int(fields.next(UInt16.self))
    }

    /// Bytes of the entry, its padding included.
    var byteCount: Int { (XattrEntry.headerSize + nameLength + valueSize + 3) / 4 * 4 }

    /// Zeros that fill a body up.
    var isPadding: Bool { nameLength == 0 && prefix == 0 && valueSize == 0 }

    /// The attribute whose name and value are `body`.
    func attribute(_ body: ArraySlice<UInt8>, at offset: UInt64) throws(EROFSError) -> ExtendedAttribute {
        guard let known = XattrPrefix(rawValue: prefix) else {
            throw .unsupported(feature: "attribute name space \(prefix)", offset: offset)
        }
        let suffix = body.prefix(nameLength)
        guard suffix.isEmpty != known.hasSuffix, !suffix.contains(0) else {
            throw .corrupt(what: "extended attributes", offset: offset, reason: "a name that can't be")
        }
        return ExtendedAttribute(
            name: known.text + ByteString(suffix), value: ByteString(body.dropFirst(nameLength)))
    }
}
