import Bytes

@testable import UKI

/// A small EFI program: headers and sections, no code.
struct SampleProgram {
    var machine = MachineType.amd64
    var subsystem: UInt16 = 10
    var imageVersion: UInt16 = 0
    var magic: UInt16 = 0x20b
    var sectionAlignment: UInt32 = 0x200
    var sizeOfHeaders: UInt32 = 0x400
    var sizeOfImage: UInt32?
    var symbolTable: UInt32 = 0
    var sections: [(name: ByteString, bytes: [UInt8])] = []
    /// What the room between headers and sections is filled with, four bytes.
    var filler: [UInt8] = [0, 0, 0, 0]
    /// What follows the last section.
    var trailer: [UInt8] = []

    static let signatureOffset = 0x80
    static let sectionTableOffset = 0x80 + 24 + 240

    static func stub(_ machine: MachineType = .amd64, version: String = "252.39-1") -> SampleProgram {
        SampleProgram(
            machine: machine,
            sections: [
                (".text", [UInt8](repeating: 0xcc, count: 0x300)), (".sbat", Array("sbat,1".utf8)),
                (".sdmagic", Array("#### LoaderInfo: systemd-stub \(version) ####\0".utf8)),
            ], trailer: Array("symbols".utf8))
    }

    static func kernel(_ machine: MachineType = .amd64) -> SampleProgram {
        SampleProgram(
            machine: machine, imageVersion: 1, sizeOfImage: 0x20000,
            sections: [(".text", Array("\0Linux version %s\0Linux version 6.1.0-test (gcc) #1".utf8))])
    }

    var bytes: [UInt8] {
        var bytes = Array("MZ".utf8)
        bytes.append(zeros: 0x3a)
        bytes.append(little: UInt32(Self.signatureOffset))
        bytes.append(zeros: Self.signatureOffset - bytes.count)
        bytes += [0x50, 0x45, 0, 0]
        bytes.append(little: machine.rawValue)
        bytes.append(little: UInt16(sections.count))
        bytes.append(little: UInt32(0))
        bytes.append(little: symbolTable)
        bytes.append(little: symbolTable == 0 ? UInt32(0) : 1)
        bytes.append(little: UInt16(240))
        bytes.append(little: UInt16(0x206))
        let optional = bytes.count
        bytes.append(zeros: 240)
        bytes.store(little: magic, at: optional)
        bytes.store(little: sectionAlignment, at: optional + 32)
        bytes.store(little: UInt32(0x200), at: optional + 36)
        bytes.store(little: imageVersion, at: optional + 44)
        bytes.store(little: sizeOfHeaders, at: optional + 60)
        bytes.store(little: UInt32(0x1234), at: optional + 64)
        bytes.store(little: subsystem, at: optional + 68)
        bytes.store(little: UInt32(16), at: optional + 108)
        var rows: [UInt8] = []
        var body: [UInt8] = []
        var address: UInt32 = 0x1000
        for (name, contents) in sections {
            let padded = (UInt32(contents.count) + 0x1ff) / 0x200 * 0x200
            let header = SectionHeader(
                name: name, virtualSize: UInt32(contents.count), virtualAddress: address,
                sizeOfRawData: padded,
                pointerToRawData: sizeOfHeaders + UInt32(body.count), characteristics: [.read])
            rows += header.bytes
            body += contents
            body.append(zeros: Int(padded) - contents.count)
            address += (UInt32(contents.count) + sectionAlignment - 1) / sectionAlignment * sectionAlignment
        }
        bytes.store(little: sizeOfImage ?? address, at: optional + 56)
        bytes += rows
        while bytes.count < Int(sizeOfHeaders) { bytes += filler }
        return bytes + body + trailer
    }

    var access: ByteArrayAccess { ByteArrayAccess(bytes) }
}

extension UnifiedKernelImage.Part {
    init(_ section: UKISection, text: String) { self.init(section, Array(text.utf8)) }
}
