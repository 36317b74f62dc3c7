internal import Bytes

/// A path table (ECMA-119 9.4): every directory in the order of its hierarchy, with its parent's number.
///
/// A parent's number has 16 bits. Since the table is in the order of parents, it ends before the first directory
/// whose parent's number is beyond: what is there is right, and what reads directories (Linux, firmware, boot
/// loaders) finds all of them.
struct PathTable {
    enum Order { case little, big }

    static let fixedLength = 8
    private static let parentLimit = 0xFFFF

    /// Bytes of the table.
    static func length(_ directories: [DirectoryHierarchy.Directory]) -> Int {
        listed(directories).reduce(0) { $0 + fixedLength + $1.identifier.count + $1.identifier.count % 2 }
    }

    /// The table of `directories`, each at the sector that `location` gives for its number.
    static func encoded(
        _ directories: [DirectoryHierarchy.Directory], _ order: Order, location: (Int) -> UInt32
    ) -> [UInt8] {
        var table: [UInt8] = []
        table.reserveCapacity(length(directories))
        for (number, directory) in listed(directories).enumerated() {
            table.append(UInt8(directory.identifier.count))
            table.append(0)  // extended attribute record length
            let parent = UInt16(directory.parent + 1)
            switch order {
            case .little:
                table.append(little: location(number))
                table.append(little: parent)
            case .big:
                table.append(big: location(number))
                table.append(big: parent)
            }
            table += directory.identifier
            if directory.identifier.count % 2 == 1 { table.append(0) }
        }
        return table
    }

    private static func listed(
        _ directories: [DirectoryHierarchy.Directory]
    ) -> ArraySlice<DirectoryHierarchy.Directory> {
        directories.prefix { $0.parent < parentLimit }
    }
}
