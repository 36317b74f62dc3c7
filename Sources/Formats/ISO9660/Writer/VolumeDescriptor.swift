internal import Bytes
internal import FileTree

/// The volume descriptors (ECMA-119 8), a sector each.
enum VolumeDescriptor {
    static let identifier = Array("CD001".utf8)
    static let bootRecordType: UInt8 = 0
    static let primaryType: UInt8 = 1
    static let supplementaryType: UInt8 = 2
    static let terminatorType: UInt8 = 255
    static let elToritoSystem = Array("EL TORITO SPECIFICATION".utf8)
    /// UCS-2 level 3 (Joliet specification, "Escape Sequences").
    static let jolietEscape: [UInt8] = [0x25, 0x2F, 0x45]
    static let volumeIDLimit = 32

    /// Primary and supplementary descriptors (8.4, 8.5) say the same of two hierarchies.
    struct Volume {
        enum Kind { case primary, joliet }

        let kind: Kind
        let volumeID: String
        let stamp: BuildStamp
        let sectors: UInt32
        let pathTableLength: UInt32
        let littlePathTable: UInt32
        let bigPathTable: UInt32
        /// The record of the root, 34 bytes.
        let root: [UInt8]

        var encoded: [UInt8] {
            var bytes = VolumeDescriptor.head(
                kind == .primary ? VolumeDescriptor.primaryType : VolumeDescriptor.supplementaryType)
            bytes.append(0)  // unused, or volume flags
            append("", filledTo: 32, to: &bytes)  // system identifier
            append(volumeID, filledTo: 32, to: &bytes)
            bytes.append(zeros: 8)
            bytes.append(both: sectors)
            bytes += kind == .primary ? [] : VolumeDescriptor.jolietEscape
            bytes.append(zeros: 120 - bytes.count)
            bytes.append(both: UInt16(1))  // volume set size
            bytes.append(both: UInt16(1))  // volume sequence number
            bytes.append(both: UInt16(Sector.size))
            bytes.append(both: pathTableLength)
            bytes.append(little: littlePathTable)
            bytes.append(little: UInt32(0))  // optional occurrence
            bytes.append(big: bigPathTable)
            bytes.append(big: UInt32(0))
            bytes += root
            // Volume set, publisher, data preparer and application identifiers.
            for text in ["", "", "IDENTIKIT", ""] { append(text, filledTo: 128, to: &bytes) }
            // Copyright, abstract and bibliographic file identifiers.
            for _ in 0..<3 { append("", filledTo: 37, to: &bytes) }
            bytes.append(volumeTime: stamp.time)  // creation
            bytes.append(volumeTime: stamp.time)  // modification
            bytes.appendUnspecifiedVolumeTime()  // expiration
            bytes.appendUnspecifiedVolumeTime()  // effective
            bytes.append(1)  // file structure version
            bytes.align(to: Sector.size)
            return bytes
        }

        private func append(_ text: String, filledTo length: Int, to bytes: inout [UInt8]) {
            guard kind == .joliet else { return bytes.append(text.utf8, filledTo: length) }
            var units = text.utf16.prefix(length / 2).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            while units.count + 2 <= length { units += [0, 0x20] }
            // A field of an odd length ends in a byte that is half a character.
            if units.count < length { units.append(0) }
            bytes += units
        }
    }

    /// The boot record of El Torito (8.2; El Torito 1.0, 2.0), which must be the second descriptor.
    static func bootRecord(catalog: UInt32) -> [UInt8] {
        var bytes = head(bootRecordType)
        bytes += elToritoSystem
        bytes.append(zeros: 71 - bytes.count)
        bytes.append(little: catalog)
        bytes.align(to: Sector.size)
        return bytes
    }

    /// The set terminator (8.3).
    static var terminator: [UInt8] {
        var bytes = head(terminatorType)
        bytes.align(to: Sector.size)
        return bytes
    }

    private static func head(_ type: UInt8) -> [UInt8] { [type] + identifier + [1] }
}
