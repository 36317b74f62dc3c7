public import Bytes
internal import FileTree

extension TarWriter where Sink: ~Copyable {
    /// Writes a regular file without its holes, in the old form of GNU tar (`tar --format=oldgnu --sparse`):
    /// type `S`, a map of the pieces that may hold data, then these. A file without holes of 64 KiB or more
    /// becomes an ordinary member with GNU's header. Zeros that `contents` does not know as holes are stored.
    ///
    /// Name, mode, owner, group and time are the header's; its size and type are not looked at. There are no extended
    /// headers in this form: what a header block can't hold (names over 100 bytes, records, fractions of a
    /// second) is refused.
    public mutating func writeSparse(
        _ header: TarHeader, _ contents: some SparseBytes
    ) throws(TarError) {
        try end()
        let map = SparseMap(of: contents)
        try putSparseHeader(header, map)
        current = header.name
        expected = map.stored ?? 0
        given = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        for piece in map.pieces {
            var position = piece.lowerBound
            while position < piece.upperBound {
                let length = Int(min(piece.upperBound - position, UInt64(buffer.count)))
                let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<length])
                let count: Int
                do throws(StreamError) { count = try contents.read(at: position, into: target) } catch {
                    throw .stream(error)
                }
                if count == 0 {
                    throw .stream(.unexpectedEnd(of: "\(header.name)", offset: position))
                }
                try writeData(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                position += UInt64(count)
            }
        }
        try end()
    }

    private mutating func putSparseHeader(_ header: TarHeader, _ map: SparseMap) throws(TarError) {
        var block = try TarBlock(gnu: header)
        guard map.size <= UInt64(Int64.max) else {
            throw .unrepresentable(field: "size", entry: header.name)
        }
        block.set(TarBlock.dataSize, gnuNumber: Int64(clamping: map.stored ?? 0))
        if map.isWhole {
            block.sealGNU()
            return try put(block.bytes)
        }
        block.bytes[TarBlock.typeFlag] = UInt8(ascii: "S")
        // A hole at the end has a piece of no bytes after it, as GNU tar writes it.
        var pieces = map.pieces[...]
        if pieces.last?.upperBound != map.size { pieces.append(map.size..<map.size) }
        block.setPieces(TarBlock.sparsePieces, from: &pieces)
        block.bytes[TarBlock.sparseIsExtended] = pieces.isEmpty ? 0 : 1
        block.set(TarBlock.sparseRealSize, gnuNumber: Int64(clamping: map.size))
        block.sealGNU()
        try put(block.bytes)
        while !pieces.isEmpty {
            var further = TarBlock()
            further.setPieces(TarBlock.furtherPieces, from: &pieces)
            further.bytes[TarBlock.furtherIsExtended] = pieces.isEmpty ? 0 : 1
            try put(further.bytes)
        }
    }
}

extension TarBlock {
    /// The header of a regular file as GNU tar writes it, without size and checksum.
    init(gnu header: TarHeader) throws(TarError) {
        func check(_ fits: Bool, _ field: String) throws(TarError) {
            if !fits { throw .unrepresentable(field: field, entry: header.name) }
        }
        try check(header.name.count <= Self.name.length && header.name.bytes.last != 0x2F, "name")
        try check(header.userName.count < Self.userName.length, "uname")
        try check(header.groupName.count < Self.groupName.length, "gname")
        try check(Self.fitsOctal(header.mode, length: Self.mode.length), "mode")
        try check(header.modified.nanoseconds == 0, "mtime")
        try check(header.records.isEmpty, "records")
        self.init()
        bytes[Self.typeFlag] = UInt8(ascii: "0")
        set(Self.name, text: header.name)
        set(Self.mode, number: header.mode)
        set(Self.uid, gnuNumber: header.uid)
        set(Self.gid, gnuNumber: header.gid)
        set(Self.modified, gnuNumber: header.modified.seconds)
        set(Self.userName, text: header.userName)
        set(Self.groupName, text: header.groupName)
    }
}
