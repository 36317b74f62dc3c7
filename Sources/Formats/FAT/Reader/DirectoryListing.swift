internal import Bytes
internal import FileTree

/// The entries of a directory that was read.
struct DirectoryListing {
    struct Found {
        let name: [UInt8]
        let entry: DirectoryEntry
        /// Bytes from the start of the volume: where the short entry is, of which there is only one.
        let offset: UInt64
    }

    /// Sorted bytewise by name.
    private(set) var entries: [Found] = []
    /// Of the root, 11 bytes.
    private(set) var label: ByteString?
    /// The label's time, or the first that FAT has.
    private(set) var time = Timestamp(seconds: FATTime.first)

    /// `contents` are the bytes of `extents`, one after the other.
    init(
        _ contents: [UInt8], extents: [Range<UInt64>], path: ByteString, isRoot: Bool, type: FATType
    ) throws(FATError) {
        var offsets = OffsetFinder(extents)
        var gatherer = LongName.Gatherer()
        for position in stride(from: 0, to: contents.count - DirectoryEntry.size + 1, by: DirectoryEntry.size)
        {
            // Nothing follows an entry that was never used.
            if contents[position] == 0 { break }
            if contents[position] == DirectoryEntry.free {
                gatherer.reset()
                continue
            }
            let entry = DirectoryEntry(contents, at: position, type: type)
            if entry.attributes.intersection(.longNameMask) == .longName {
                gatherer.add(contents, at: position)
            } else if entry.attributes.contains(.volumeID) {
                gatherer.reset()
                if isRoot, label == nil { set(entry) }
            } else {
                let name = gatherer.take(for: entry.name) ?? ShortName.text(entry)
                if !isRoot, name == [0x2E] || name == [0x2E, 0x2E] { continue }
                let offset = offsets.offset(of: UInt64(position))
                guard Self.isValid(name) else { throw .invalidName(directory: path, offset: offset) }
                entries.append(Found(name: name, entry: entry, offset: offset))
            }
        }
        entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
        for (left, right) in zip(entries, entries.dropFirst()) where left.name == right.name {
            let prefix = path.isEmpty ? [] : path.bytes + [0x2F]
            throw .duplicateName(path: ByteString(prefix + right.name), offset: right.offset)
        }
    }

    private mutating func set(_ entry: DirectoryEntry) {
        label = ByteString(entry.name)
        time = entry.modified.timestamp
    }

    private static func isValid(_ name: [UInt8]) -> Bool {
        !name.isEmpty && name != [0x2E] && name != [0x2E, 0x2E] && !name.contains { $0 < 0x20 || $0 == 0x2F }
    }
}

/// Finds, for positions that only grow, where they are on the disk.
private struct OffsetFinder {
    private let extents: [Range<UInt64>]
    private var index = 0
    private var before: UInt64 = 0

    init(_ extents: [Range<UInt64>]) { self.extents = extents }

    mutating func offset(of position: UInt64) -> UInt64 {
        while index < extents.count - 1, position - before >= UInt64(extents[index].count) {
            before += UInt64(extents[index].count)
            index += 1
        }
        guard index < extents.count else { return position }
        return extents[index].lowerBound + (position - before)
    }
}
