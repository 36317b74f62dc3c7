internal import Bytes
internal import FileTree

extension DirectoryWalk {
    /// The file of the records of its sections; nil if it is one that is not seen here.
    mutating func child(_ records: [FoundRecord], below path: ByteString) throws(ISO9660Error) -> Found? {
        guard let record = records.first else { return nil }
        let fields = try fields(of: record)
        if fields?.isRelocated == true { return nil }
        let path = try join(path, try name(record, fields), at: record.offset)
        if let sector = fields?.childLink {
            let extent = FileExtent(offset: UInt64(sector) * UInt64(Sector.size), length: 0)
            return try directory(at: extent, path: path)
        }
        var sections: [FileExtent] = []
        for section in records where section.extent.length > 0 {
            sections.append(section.extent)
            guard !record.isDirectory else { continue }
            _ = try check(section)
        }
        return try found(
            record, fields, sections: record.isDirectory ? [] : sections, path: path,
            directory: record.isDirectory ? record.extent : nil)
    }

    private func check(_ section: FoundRecord) throws(ISO9660Error) {
        let extent = section.extent
        guard extent.offset <= reader.image.count, UInt64(extent.length) <= reader.image.count - extent.offset
        else {
            throw .corrupt(
                what: "directory record", offset: section.offset,
                reason: "\(extent.length) bytes at byte \(extent.offset), beyond the image")
        }
    }

    private func join(
        _ path: ByteString, _ name: [UInt8], at offset: UInt64
    ) throws(ISO9660Error) -> ByteString {
        guard !name.isEmpty, !name.contains(0), !name.contains(0x2F), name != [0x2E], name != [0x2E, 0x2E]
        else { throw .corrupt(what: "directory record", offset: offset, reason: "an invalid name") }
        guard path.count + 1 + name.count <= ISO9660Reader.pathLimit else {
            throw .limitExceeded(what: "a path", limit: UInt64(ISO9660Reader.pathLimit), offset: offset)
        }
        return path.isEmpty ? ByteString(name) : ByteString(path.bytes + [0x2F] + name)
    }

    private func name(_ record: FoundRecord, _ fields: SystemUseFields?) throws(ISO9660Error) -> [UInt8] {
        if let name = fields?.name { return name }
        guard reader.view == .joliet else {
            return Self.withoutVersion(Array(record.identifier))
        }
        guard record.identifier.count % 2 == 0 else {
            throw .corrupt(what: "directory record", offset: record.offset, reason: "half a character")
        }
        let bytes = Array(record.identifier)
        let units = stride(from: 0, to: bytes.count, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        let text = Array(String(decoding: units, as: UTF16.self).utf8)
        return Self.withoutVersion(text, dot: false)
    }

    /// An identifier without `;1`, and without a dot that nothing follows.
    private static func withoutVersion(_ identifier: [UInt8], dot: Bool = true) -> [UInt8] {
        var name = identifier
        if let semicolon = name.lastIndex(of: 0x3B), semicolon > 0 { name.removeSubrange(semicolon...) }
        if dot, name.count > 1, name.last == 0x2E { name.removeLast() }
        return name
    }
}

extension DirectoryWalk {
    func found(
        _ record: FoundRecord, _ fields: SystemUseFields?, sections: [FileExtent], path: ByteString,
        directory: FileExtent?
    ) throws(ISO9660Error) -> Found {
        // Without attributes, what Linux shows: all may read and execute.
        let mode = fields?.mode ?? (directory == nil ? FileType.regular : FileType.directory) | 0o555
        let kind = try Self.kind(mode, fields, at: record.offset)
        guard (kind == .directory) == (directory != nil) else {
            throw .corrupt(
                what: "directory record", offset: record.offset,
                reason: "mode 0\(String(mode, radix: 8)) against its flags")
        }
        let size = kind == .regular ? sections.reduce(0) { $0 + UInt64($1.length) } : 0
        let file = FoundFile(
            path: path, kind: kind,
            metadata: FileMetadata(
                permissions: UInt16(mode & 0o7777), uid: fields?.uid ?? 0, gid: fields?.gid ?? 0,
                modified: fields?.modified ?? record.modified),
            size: size, fileNumber: Self.number(record, fields, size, sections))
        return Found(file: file, sections: kind == .regular ? sections : [], directory: directory)
    }

    private static func kind(
        _ mode: UInt32, _ fields: SystemUseFields?, at offset: UInt64
    ) throws(ISO9660Error) -> FileKind {
        let (major, minor) = fields?.device ?? (0, 0)
        switch mode & FileType.mask {
        case FileType.regular: return .regular
        case FileType.directory: return .directory
        case FileType.characterDevice: return .characterDevice(major: major, minor: minor)
        case FileType.blockDevice: return .blockDevice(major: major, minor: minor)
        case FileType.fifo: return .fifo
        case FileType.socket: return .socket
        case FileType.symbolicLink:
            let target = fields?.target.bytes ?? []
            guard !target.isEmpty, !target.contains(0) else {
                throw .corrupt(
                    what: "symbolic link", offset: offset, reason: "an empty target or a NUL in it")
            }
            return .symbolicLink(ByteString(target))
        default:
            throw .corrupt(
                what: "directory record", offset: offset,
                reason: "mode 0\(String(mode, radix: 8)) is not a known file type")
        }
    }

    /// Rock Ridge 1.12 has serial numbers. Without them, files of several names are known by their contents' place;
    /// empty ones and the rest are files of their own.
    private static func number(
        _ record: FoundRecord, _ fields: SystemUseFields?, _ size: UInt64, _ sections: [FileExtent]
    ) -> UInt64 {
        if let serial = fields?.serial { return UInt64(serial) }
        if let fields, fields.links > 1, size > 0, let first = sections.first {
            return 1 << 62 | first.offset
        }
        return 1 << 63 | record.offset
    }
}
