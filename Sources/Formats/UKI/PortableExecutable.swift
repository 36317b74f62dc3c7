public import Bytes

/// The headers of a 64-bit EFI program (PE format, "Overview" to "Section Table"). The sections' contents stay
/// where they are.
public struct PortableExecutable: Sendable {
    public let machine: MachineType
    /// `AddressOfEntryPoint` and the like are not needed here; what is changed or believed is.
    let optionalHeader: OptionalHeader
    /// In the table's order.
    public let sections: [SectionHeader]
    /// Where the COFF file header starts, after the signature; bytes from the start of the file.
    let fileHeaderOffset: Int
    /// Where the section table starts.
    let sectionTableOffset: Int

    /// The first byte after the section table.
    var sectionTableEnd: Int { sectionTableOffset + sections.count * SectionHeader.size }

    /// Reads the headers of `image`, which errors call `what`. Throws for anything but a PE32+ image; where its
    /// sections lie is not checked yet.
    public init(_ image: some RandomAccessBytes, of what: String = "the image") throws(UKIError) {
        let start = try Self.read(image, at: 0, length: 0x40, "MS-DOS header", of: what)
        guard start.starts(with: Array("MZ".utf8)) else {
            throw .notPortableExecutable(of: what, found: FoundBytes(start).description)
        }
        // `e_lfanew`, the place of the signature "PE\0\0".
        let signature = Int(start.little(UInt32.self, at: 0x3c) ?? 0)
        let header = try Self.read(image, at: signature, length: 4 + 20, "PE header", of: what)
        guard header.starts(with: [0x50, 0x45, 0, 0]) else {
            throw .notPortableExecutable(of: what, found: "an MS-DOS program without a PE header")
        }
        fileHeaderOffset = signature + 4
        machine = MachineType(rawValue: header.little(UInt16.self, at: 4) ?? 0)
        let count = Int(header.little(UInt16.self, at: 6) ?? 0)
        let optionalSize = Int(header.little(UInt16.self, at: 20) ?? 0)

        let optionalOffset = fileHeaderOffset + 20
        let optional = try Self.read(
            image, at: optionalOffset, length: optionalSize, "optional header", of: what)
        guard let parsed = OptionalHeader(optional) else {
            throw .notPortableExecutable(of: what, found: OptionalHeader.description(ofOther: optional))
        }
        optionalHeader = parsed
        sectionTableOffset = optionalOffset + optionalSize
        let table = try Self.read(
            image, at: sectionTableOffset, length: count * SectionHeader.size, "section table", of: what)
        var sections: [SectionHeader] = []
        sections.reserveCapacity(count)
        for index in 0..<count {
            guard let section = SectionHeader(table, at: index * SectionHeader.size) else { break }
            sections.append(section)
        }
        self.sections = sections
    }

    /// The first section of that name.
    public func section(named name: ByteString) -> SectionHeader? { sections.first { $0.name == name } }

    /// Checks that sections that have bytes in the file, which has `size`, have them inside it and to themselves,
    /// and that the alignments are powers of two.
    func checkSections(size: UInt64, of what: String) throws(UKIError) {
        guard optionalHeader.fileAlignment.nonzeroBitCount == 1,
            optionalHeader.sectionAlignment.nonzeroBitCount == 1
        else {
            throw .invalidField(
                of: what, field: "SectionAlignment", offset: UInt64(fileHeaderOffset + 20 + 32),
                reason: "or FileAlignment after it is not a power of two")
        }
        let filled = sections.enumerated().filter { $0.element.sizeOfRawData > 0 }.sorted {
            ($0.element.pointerToRawData, $0.offset) < ($1.element.pointerToRawData, $1.offset)
        }
        var end = UInt64(sectionTableEnd)
        for (index, section) in filled {
            let offset = UInt64(sectionTableOffset + index * SectionHeader.size)
            guard section.rawEnd <= size else {
                throw .invalidField(
                    of: what, field: "PointerToRawData or SizeOfRawData", offset: offset + 16,
                    reason: "reaches to byte \(section.rawEnd), the file has \(size)")
            }
            guard UInt64(section.pointerToRawData) >= end else {
                throw .invalidField(
                    of: what, field: "PointerToRawData", offset: offset + 20,
                    reason: "is \(section.pointerToRawData), where the headers or another section lie")
            }
            end = section.rawEnd
        }
    }

    private static func read(
        _ image: some RandomAccessBytes, at offset: Int, length: Int, _ structure: String, of what: String
    ) throws(UKIError) -> [UInt8] {
        let offset = UInt64(offset)
        guard offset <= image.count, UInt64(length) <= image.count - offset else {
            throw .truncated(of: what, structure: structure, offset: offset)
        }
        do throws(StreamError) {
            return try image.bytes(at: offset, length: length, of: what)
        } catch { throw .stream(error) }
    }
}
