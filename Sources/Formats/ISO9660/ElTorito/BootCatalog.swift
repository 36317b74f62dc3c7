internal import Bytes

/// The boot catalog (El Torito 1.0, 2): a sector of entries of 32 bytes.
enum BootCatalog {
    static let entryLength = 32
    /// A validation entry and the initial entry; each further one has a section header before it.
    static let entryLimit = Sector.size / entryLength / 2
    static let bootable: UInt8 = 0x88
    static let lastHeader: UInt8 = 0x91
    static let header: UInt8 = 0x90
    /// Of an entry's second byte: one of selection criteria follows.
    static let continuationFlag: UInt8 = 0x20

    struct Entry {
        let platform: ISO9660BootEntry.Platform
        let sector: UInt32
        /// In sectors of 512 bytes. 0 says up to the end of the volume, to firmware that reads a FAT volume there
        /// (UEFI 13.3.2.1), which is how images of more than 65,535 such sectors are marked.
        let loadSectors: UInt16
    }

    static func encoded(_ entries: [Entry]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, entry) in entries.enumerated() {
            bytes +=
                index == 0
                ? validation(entry.platform)
                : sectionHeader(entry.platform, isLast: index + 1 == entries.count)
            bytes += initialEntry(entry)
        }
        bytes.align(to: Sector.size)
        return bytes
    }

    /// The words of this entry add up to 0.
    private static func validation(_ platform: ISO9660BootEntry.Platform) -> [UInt8] {
        var bytes: [UInt8] = [1, platform.rawValue]
        bytes.append(zeros: 28)
        bytes += [0x55, 0xAA]
        var sum: UInt16 = 0
        for offset in stride(from: 0, to: entryLength, by: 2) { sum &+= bytes.little(at: offset) ?? 0 }
        bytes.store(little: 0 &- sum, at: 28)
        return bytes
    }

    private static func sectionHeader(_ platform: ISO9660BootEntry.Platform, isLast: Bool) -> [UInt8] {
        var bytes: [UInt8] = [isLast ? lastHeader : header, platform.rawValue]
        bytes.append(little: UInt16(1))  // entries
        bytes.append(zeros: 28)
        return bytes
    }

    /// No emulation, the segment that the platform has by custom (0x7C0), system type 0. A section's entry is alike.
    private static func initialEntry(_ entry: Entry) -> [UInt8] {
        var bytes: [UInt8] = [bootable, 0, 0, 0, 0, 0]
        bytes.append(little: entry.loadSectors)
        bytes.append(little: entry.sector)
        bytes.append(zeros: entryLength - bytes.count)
        return bytes
    }
}
