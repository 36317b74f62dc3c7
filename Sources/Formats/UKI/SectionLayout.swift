internal import Bytes

/// Places sections after those of a stub, one after the other in the file and in memory, and keeps the sums of
/// the optional header.
struct SectionLayout {
    private let stub: EFIStub
    private var added: [SectionHeader] = []
    /// Where the next section starts in the file.
    private var fileEnd: UInt64
    /// The first byte of memory that is not taken.
    private var memoryEnd: UInt64
    private var sizeOfCode: UInt64
    private var sizeOfInitializedData: UInt64

    init(after stub: EFIStub) {
        self.stub = stub
        let header = stub.headers.optionalHeader
        fileEnd = UInt64(stub.contentsEnd).aligned(to: UnifiedKernelImage.alignment)
        memoryEnd = UInt64(header.sizeOfImage)
        for section in stub.headers.sections { memoryEnd = max(memoryEnd, section.virtualEnd) }
        sizeOfCode = UInt64(header.sizeOfCode)
        sizeOfInitializedData = UInt64(header.sizeOfInitializedData)
    }

    /// Places a section of `count` bytes that takes at least `memory` bytes when loaded.
    mutating func place(
        _ section: UKISection, _ count: UInt64, memory: UInt64
    ) throws(UKIError) -> SectionHeader {
        let alignment = max(
            UnifiedKernelImage.alignment, UInt64(stub.headers.optionalHeader.sectionAlignment))
        let address = memoryEnd.aligned(to: alignment)
        let fileCount = count.addingReportingOverflow(UnifiedKernelImage.alignment - 1)
        let raw = fileCount.partialValue / UnifiedKernelImage.alignment * UnifiedKernelImage.alignment
        let (fileEnd, fileOverflow) = self.fileEnd.addingReportingOverflow(raw)
        let (memoryEnd, memoryOverflow) = address.addingReportingOverflow(max(count, memory))
        guard !fileCount.overflow, !fileOverflow, !memoryOverflow else {
            throw .tooLarge(section: section, end: .max)
        }
        // The size of the image is rounded up to the alignment and must be less than 2^32 as well.
        let end = max(fileEnd, memoryEnd)
        guard end <= UInt64(UInt32.max) - alignment,
            sizeOfCode + sizeOfInitializedData + raw <= UInt64(UInt32.max)
        else { throw .tooLarge(section: section, end: end) }
        let header = SectionHeader(
            name: section.name, virtualSize: UInt32(max(count, memory)), virtualAddress: UInt32(address),
            sizeOfRawData: UInt32(raw), pointerToRawData: UInt32(self.fileEnd),
            characteristics: section.characteristics)
        if section.characteristics.contains(.code) {
            sizeOfCode += raw
        } else {
            sizeOfInitializedData += raw
        }
        self.fileEnd = fileEnd
        self.memoryEnd = memoryEnd
        added.append(header)
        return header
    }

    /// The stub up to the end of its last section, with the headers of the whole image.
    func patchedStub() -> [UInt8] {
        var bytes = Array(stub.bytes[..<stub.contentsEnd])
        let headers = stub.headers
        closeGap(&bytes)
        var row = headers.sectionTableEnd
        for header in added {
            bytes.store(header.bytes, at: row)
            row += SectionHeader.size
        }
        // NumberOfSections, and no symbol table: PointerToSymbolTable and NumberOfSymbols.
        bytes.store(little: UInt16(headers.sections.count + added.count), at: headers.fileHeaderOffset + 2)
        bytes.store(little: UInt64(0), at: headers.fileHeaderOffset + 8)

        let optional = headers.fileHeaderOffset + 20
        let alignment = UInt64(headers.optionalHeader.sectionAlignment)
        let sizeOfImage = UInt32(memoryEnd.aligned(to: alignment))
        bytes.store(little: UInt32(sizeOfCode), at: optional + OptionalHeader.Field.sizeOfCode)
        bytes.store(
            little: UInt32(sizeOfInitializedData), at: optional + OptionalHeader.Field.sizeOfInitializedData)
        bytes.store(little: sizeOfImage, at: optional + OptionalHeader.Field.sizeOfImage)
        // A sum over the whole file, which firmware does not look at; zero says that there is none.
        bytes.store(little: UInt32(0), at: optional + OptionalHeader.Field.checkSum)
        if headers.optionalHeader.hasCertificateEntry {
            bytes.store(little: UInt64(0), at: optional + OptionalHeader.Field.certificateTable)
        }
        return bytes
    }

    /// Lets the stub's last section reach to where the first added one starts. Its size in memory stays.
    private func closeGap(_ bytes: inout [UInt8]) {
        let sections = stub.headers.sections
        guard let first = added.first,
            let last = sections.indices.filter({ sections[$0].sizeOfRawData > 0 }).max(by: {
                sections[$0].rawEnd < sections[$1].rawEnd
            })
        else { return }
        var header = sections[last]
        header.sizeOfRawData = first.pointerToRawData - header.pointerToRawData
        bytes.store(
            little: header.sizeOfRawData, at: stub.headers.sectionTableOffset + last * SectionHeader.size + 16
        )
    }
}
