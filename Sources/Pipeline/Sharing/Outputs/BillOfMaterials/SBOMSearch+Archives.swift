internal import Bytes
internal import Cpio
internal import Decompression
internal import Host
internal import Tar

extension SBOMSearch {
    /// The document itself, else what initrds and disks in the archive hold.
    func inTar(_ image: any RandomAccessBytes) throws -> [UInt8]? {
        var reader = TarReader(RangeSource(image), acceptsSparse: true)
        var carriers: [RangeAccess] = []
        var found: [UInt8]?
        while let member = try reader.next() {
            guard member.header.typeFlag == .regular, member.sparseMap == nil else { continue }
            let contents = RangeAccess(image, offset: member.dataOffset, length: member.dataLength)
            if member.header.name == Self.name {
                guard member.dataLength <= UInt64(Self.limit) else { continue }
                // As when it is unpacked, the last one counts.
                found = try contents.bytes(
                    at: 0, length: Int(member.dataLength), of: Self.name.text)
            } else if Self.carriers.contains(member.header.name) {
                carriers.append(contents)
            }
        }
        if let found { return found }
        for carrier in carriers {
            if let found = try within(carrier) { return found }
        }
        return nil
    }

    /// Microcode comes first, uncompressed, with NULs after it; then the compressed archive.
    func inInitrd(_ image: any RandomAccessBytes) throws -> [UInt8]? {
        var first = CpioReader(RangeSource(image))
        if let found = try Self.last(in: &first) { return found }
        var start = first.offset
        while start < image.count {
            let length = Int(min(4096, image.count - start))
            let bytes = try image.bytes(at: start, length: length, of: "the initrd")
            if let index = bytes.firstIndex(where: { $0 != 0 }) {
                return try within(
                    RangeAccess(image, offset: start + UInt64(index), length: image.count))
            }
            start += UInt64(length)
        }
        return nil
    }

    /// An initrd, or an archive with a disk.
    func inCompressed(_ image: any RandomAccessBytes) throws -> [UInt8]? {
        func source() throws -> any ByteSource {
            try Decompressor.source(detectingIn: RangeSource(image)).source
        }
        var beginning = try source()
        if try beginning.isTar() { return try inCompressedTar(try source()) }
        return try Self.archive(try source())
    }

    private static func archive<Source: ByteSource>(_ source: Source) throws -> [UInt8]? {
        var reader = CpioReader(source)
        return try last(in: &reader)
    }

    /// As for Linux, which unpacks it, the last one counts.
    private static func last<Source: ByteSource>(in reader: inout CpioReader<Source>) throws -> [UInt8]? {
        var found: [UInt8]?
        while let member = try reader.next() {
            if member.header.name == name { found = try reader.readData(limit: limit) }
        }
        return found
    }

    private func inCompressedTar<Source: ByteSource>(_ source: Source) throws -> [UInt8]? {
        var reader = TarReader(source, acceptsSparse: true)
        while let member = try reader.next() {
            guard member.header.name == "disk.raw" else { continue }
            return try within(try Self.unpack(member, of: &reader))
        }
        return nil
    }

    /// A disk in a compressed archive must be unpacked to be looked into: its data; holes stay holes.
    /// What comes back is a file without a name, which goes with the value.
    private static func unpack<Source: ByteSource>(
        _ member: TarReader<Source>.Member, of reader: inout TarReader<Source>
    ) throws -> ReadableFile {
        var file = try AtomicFile.scratch()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        let pieces = member.sparseMap ?? [0..<member.header.size]
        for piece in pieces {
            guard piece.lowerBound >= file.count else { break }
            try file.writeZeros(piece.lowerBound - file.count)
            var left = piece.upperBound - piece.lowerBound
            while left > 0 {
                let wanted = Int(min(left, UInt64(buffer.count)))
                let count = try reader.readData(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
                guard count > 0 else { break }
                try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                left -= UInt64(count)
            }
        }
        if file.count < member.header.size { try file.writeZeros(member.header.size - file.count) }
        return try file.reader()
    }
}

extension ByteSource {
    /// True if a tar archive begins here.
    fileprivate mutating func isTar() throws(StreamError) -> Bool {
        var block = [UInt8](repeating: 0, count: 512)
        let result = block.withUnsafeMutableBytes { buffer -> Result<Bool, StreamError> in
            do throws(StreamError) {
                return .success(try readExactly(into: buffer, of: "the archive", at: 0))
            } catch { return .failure(error) }
        }
        if case .failure(.unexpectedEnd) = result { return false }
        return try result.get() && block[257..<262].elementsEqual("ustar".utf8)
    }
}
