internal import Bytes

/// systemd's EFI stub, the program that a unified kernel image starts with.
struct EFIStub {
    let bytes: [UInt8]
    let headers: PortableExecutable
    /// systemd's major version; nil if the stub does not say it in a way that is understood.
    let version: Int?

    private static let what = "the EFI stub"
    /// What assemblers fill room with: zeros, and arm64's `nop`.
    private static let fillers: [UInt32] = [0, 0xd503_201f]
    private static let loaderInfo = Array("#### LoaderInfo: ".utf8)

    /// Throws for anything but systemd's stub for `machine`.
    init(_ bytes: [UInt8], machine: MachineType) throws(UKIError) {
        self.bytes = bytes
        headers = try PortableExecutable(ByteArrayAccess(bytes), of: Self.what)
        try headers.checkSections(size: UInt64(bytes.count), of: Self.what)
        guard headers.sections.contains(where: { $0.sizeOfRawData > 0 }) else {
            throw .notAStub(found: "an EFI program without sections")
        }
        let info = Self.loaderInfo(bytes)
        guard info.hasPrefix("systemd-stub ") else {
            throw .notAStub(found: Self.kind(headers, info))
        }
        guard headers.section(named: UKISection.linux.name) == nil else {
            throw .notAStub(found: "a unified kernel image")
        }
        guard headers.machine == machine else {
            throw .wrongMachine(of: Self.what, found: headers.machine, expected: machine)
        }
        version = Int(String(info.dropFirst("systemd-stub ".count).prefix { $0.isASCII && $0.isNumber }))
    }

    /// The text between the marks by which systemd's programs are known, in a section `.sdmagic` or, in old
    /// stubs for arm64, among the data; empty if there is none.
    private static func loaderInfo(_ bytes: [UInt8]) -> String {
        guard let start = index(of: loaderInfo, in: bytes) else { return "" }
        let text = bytes[(start + loaderInfo.count)...].prefix(256).prefix {
            $0 != 0 && $0 != UInt8(ascii: "#")
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func index(of text: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var index = 0
            while index <= bytes.count - text.count {
                if bytes[index] == text[0], bytes[index..<index + text.count].elementsEqual(text) {
                    return index
                }
                index += 1
            }
            return nil
        }
    }

    private static func kind(_ headers: PortableExecutable, _ info: String) -> String {
        if info.hasPrefix("systemd-boot ") { return "systemd-boot" }
        if headers.section(named: "mods") != nil { return "GRUB" }
        return "an EFI program without systemd's mark (LoaderInfo: systemd-stub)"
    }

    /// The end of what the sections hold. A symbol table or signatures behind it are no part of the image:
    /// the first is never loaded, the second would not fit what comes out.
    var contentsEnd: Int {
        headers.sections.filter { $0.sizeOfRawData > 0 }.map { Int($0.rawEnd) }.max()
            ?? headers.sectionTableEnd
    }

    /// How many more rows fit between the section table and the first section's contents.
    var roomForSections: Int {
        var end = min(Int(headers.optionalHeader.sizeOfHeaders), bytes.count)
        for section in headers.sections where section.sizeOfRawData > 0 {
            end = min(end, Int(section.pointerToRawData))
        }
        // Something unknown between the two stays.
        var start = headers.sectionTableEnd
        while start + 4 <= end, let word = bytes.little(UInt32.self, at: start), Self.fillers.contains(word) {
            start += 4
        }
        return max(0, start - headers.sectionTableEnd) / SectionHeader.size
    }
}
