public import Bytes

/// Reads a unified kernel image, or any 64-bit EFI program, whatever made it.
///
/// `init` reads and checks the headers; what the sections hold is read when asked for, so everything there is in
/// an image is `sections` and for each of them `contents(of:)`.
public struct UnifiedKernelImageReader: Sendable {
    private let image: any RandomAccessBytes
    private let headers: PortableExecutable

    /// Throws for anything but a PE32+ image whose sections lie in the file and don't overlap.
    public init(_ image: some RandomAccessBytes) throws(UKIError) {
        self.image = image
        headers = try PortableExecutable(image)
        try headers.checkSections(size: image.count, of: "the image")
    }

    public var machine: MachineType { headers.machine }

    /// In the table's order.
    public var sections: [SectionHeader] { headers.sections }

    /// The contents of the first section of that name, without what fills it up in the file; nil if there is none.
    public func contents(of name: ByteString) -> RangeAccess? {
        headers.section(named: name).map(contents)
    }

    public func contents(of section: UKISection) -> RangeAccess? { contents(of: section.name) }

    /// The contents of one of `sections`. A section that is larger in memory than in the file ends in zeros that
    /// are not given.
    public func contents(of section: SectionHeader) -> RangeAccess {
        // Old tools leave VirtualSize at zero, which means the size in the file.
        let size = section.virtualSize == 0 ? section.sizeOfRawData : section.virtualSize
        return RangeAccess(
            image, offset: UInt64(section.pointerToRawData), length: UInt64(min(size, section.sizeOfRawData)))
    }
}
