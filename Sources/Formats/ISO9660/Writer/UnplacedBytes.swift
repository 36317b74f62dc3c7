internal import Bytes

/// What a location field points to, while nothing has its place yet.
enum Reference {
    /// The directory of a number in the hierarchy that is written.
    case directory(Int)
    /// A section of a node's contents (`FileSections`).
    case file(node: Int, section: Int)
    /// A sector of the directory's continuation area.
    case continuation(Int)
}

/// Bytes with location fields (eight bytes, ECMA-119 7.3.3) that are filled in once all is placed.
struct UnplacedBytes {
    struct Field {
        let offset: Int
        let reference: Reference
        /// True if the field after the location is the length of a directory, to be filled in too.
        var hasLength = false
    }

    var bytes: [UInt8] = []
    private(set) var fields: [Field] = []

    /// Appends a location field for `reference`.
    mutating func append(_ reference: Reference) {
        fields.append(Field(offset: bytes.count, reference: reference))
        bytes.append(zeros: 8)
    }

    /// Appends location and length of a directory.
    mutating func append(extentOfDirectory number: Int) {
        fields.append(Field(offset: bytes.count, reference: .directory(number), hasLength: true))
        bytes.append(zeros: 16)
    }

    mutating func append(_ other: UnplacedBytes) {
        let base = bytes.count
        bytes += other.bytes
        for field in other.fields {
            fields.append(
                Field(offset: base + field.offset, reference: field.reference, hasLength: field.hasLength))
        }
    }

    /// The bytes with their fields filled in: `location` gives the sector and, for directories, the length.
    func placed(_ location: (Reference) -> (sector: UInt32, length: UInt32)) -> [UInt8] {
        var placed = bytes
        for field in fields {
            let (sector, length) = location(field.reference)
            placed.store(both: sector, at: field.offset)
            if field.hasLength { placed.store(both: length, at: field.offset + 8) }
        }
        return placed
    }
}
