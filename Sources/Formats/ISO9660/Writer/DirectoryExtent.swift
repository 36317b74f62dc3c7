internal import Bytes

/// The extent of a directory, and behind it the continuation area of its records.
struct DirectoryExtent {
    private(set) var records = UnplacedBytes()
    /// Sectors of SUSP entries that found no room in their records. No area of a record's crosses a sector, since
    /// Linux does not follow that.
    private(set) var continuation = UnplacedBytes()

    var recordSectors: Int { (records.bytes.count + Sector.size - 1) / Sector.size }
    var continuationSectors: Int { (continuation.bytes.count + Sector.size - 1) / Sector.size }

    /// Appends a record. What of `entries` has no room in it goes to the continuation area.
    mutating func append(_ record: DirectoryRecord, _ entries: [SystemUseEntry]) {
        let room = DirectoryRecord.lengthLimit - record.length
        var inline = entries
        if entries.reduce(0, { $0 + $1.length }) > room {
            let kept = Self.prefix(of: entries[...], room: room - SystemUseEntry.continuationLength)
            inline = Array(entries[..<kept]) + [appendContinuation(entries[kept...])]
        }
        var bytes = record.encoded(systemUse: inline.reduce(0) { $0 + $1.length })
        for entry in inline { bytes.append(entry.content) }
        if bytes.bytes.count % 2 == 1 { bytes.bytes.append(0) }
        // A record ends in the sector in which it begins (6.8.1.1).
        let left = Sector.size - records.bytes.count % Sector.size
        if bytes.bytes.count > left { records.bytes.append(zeros: left) }
        records.append(bytes)
    }

    /// How many of `entries` fit `room` bytes.
    private static func prefix(of entries: ArraySlice<SystemUseEntry>, room: Int) -> Int {
        var (count, used) = (0, 0)
        for entry in entries {
            used += entry.length
            if used > room { break }
            count += 1
        }
        return count
    }

    /// Stores `entries` as one area or, where they take more than a sector, as a chain of areas. Returns the entry
    /// that leads there.
    private mutating func appendContinuation(_ entries: ArraySlice<SystemUseEntry>) -> SystemUseEntry {
        let areas = Self.areas(entries)
        let left = Sector.size - continuation.bytes.count % Sector.size
        if left < Sector.size, areas[0].length > left { continuation.bytes.append(zeros: left) }
        let first = continuation.bytes.count / Sector.size
        let offset = continuation.bytes.count % Sector.size
        for (index, area) in areas.enumerated() {
            for entry in area.entries { continuation.append(entry.content) }
            guard index + 1 < areas.count else { break }
            let next = SystemUseEntry.continuation(
                sector: first + index + 1, offset: 0, length: areas[index + 1].length)
            continuation.append(next.content)
            continuation.bytes.align(to: Sector.size)
        }
        return .continuation(sector: first, offset: offset, length: areas[0].length)
    }

    /// `entries` cut into areas of a sector at most, with room for the entry that leads to the next one, which counts
    /// in their lengths.
    private static func areas(
        _ entries: ArraySlice<SystemUseEntry>
    ) -> [(entries: ArraySlice<SystemUseEntry>, length: Int)] {
        var areas: [(entries: ArraySlice<SystemUseEntry>, length: Int)] = []
        var rest = entries
        var total = rest.reduce(0) { $0 + $1.length }
        while total > Sector.size {
            let kept = rest.prefix(prefix(of: rest, room: Sector.size - SystemUseEntry.continuationLength))
            let length = kept.reduce(0) { $0 + $1.length }
            areas.append((kept, length + SystemUseEntry.continuationLength))
            rest = rest.dropFirst(kept.count)
            total -= length
        }
        areas.append((rest, total))
        return areas
    }
}
