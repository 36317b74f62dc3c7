internal import Bytes

/// The fields of the optional header (PE32+) that are needed here, and where they are
/// (PE format, "Optional Header (Image Only)").
struct OptionalHeader: Sendable {
    /// Byte offsets from the header's start.
    enum Field {
        static let sizeOfCode = 4
        static let sizeOfInitializedData = 8
        static let sectionAlignment = 32
        static let fileAlignment = 36
        static let majorImageVersion = 44
        static let sizeOfImage = 56
        static let sizeOfHeaders = 60
        static let checkSum = 64
        static let subsystem = 68
        static let numberOfRvaAndSizes = 108
        /// The fifth data directory: the place and size of signatures.
        static let certificateTable = 112 + 4 * 8
    }

    /// `IMAGE_SUBSYSTEM_EFI_APPLICATION`.
    static let efiApplication: UInt16 = 10

    let sizeOfCode: UInt32
    let sizeOfInitializedData: UInt32
    let sectionAlignment: UInt32
    let fileAlignment: UInt32
    let majorImageVersion: UInt16
    let sizeOfImage: UInt32
    let sizeOfHeaders: UInt32
    let subsystem: UInt16
    /// True if there is a certificate table's entry among the data directories.
    let hasCertificateEntry: Bool

    /// Nil unless the bytes are a PE32+ header with its fixed fields.
    init?(_ bytes: [UInt8]) {
        guard bytes.little(UInt16.self, at: 0) == 0x20b,
            let directories = bytes.little(UInt32.self, at: Field.numberOfRvaAndSizes),
            let sizeOfCode = bytes.little(UInt32.self, at: Field.sizeOfCode),
            let sizeOfInitializedData = bytes.little(UInt32.self, at: Field.sizeOfInitializedData),
            let sectionAlignment = bytes.little(UInt32.self, at: Field.sectionAlignment),
            let fileAlignment = bytes.little(UInt32.self, at: Field.fileAlignment),
            let majorImageVersion = bytes.little(UInt16.self, at: Field.majorImageVersion),
            let sizeOfImage = bytes.little(UInt32.self, at: Field.sizeOfImage),
            let sizeOfHeaders = bytes.little(UInt32.self, at: Field.sizeOfHeaders),
            let subsystem = bytes.little(UInt16.self, at: Field.subsystem)
        else { return nil }
        self.sizeOfCode = sizeOfCode
        self.sizeOfInitializedData = sizeOfInitializedData
        self.sectionAlignment = sectionAlignment
        self.fileAlignment = fileAlignment
        self.majorImageVersion = majorImageVersion
        self.sizeOfImage = sizeOfImage
        self.sizeOfHeaders = sizeOfHeaders
        self.subsystem = subsystem
        hasCertificateEntry = directories > 4 && bytes.count >= Field.certificateTable + 8
    }

    /// What bytes are that are no PE32+ header.
    static func description(ofOther bytes: [UInt8]) -> String {
        switch bytes.little(UInt16.self, at: 0) {
        case 0x10b: "a 32-bit program (PE32)"
        case 0x20b: "a PE32+ image whose optional header has only \(bytes.count) bytes"
        default: "a PE file without an optional header"
        }
    }
}
