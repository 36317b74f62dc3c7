internal import Bytes
internal import FileTree

/// The namespaces of attributes, which are stored as numbers.
enum XattrNamespace: UInt16, CaseIterable {
    case user = 0
    case trusted = 1
    case security = 2

    /// Set where a value stands elsewhere and only its place here.
    static let outOfLine: UInt16 = 0x100

    var prefix: ByteString {
        switch self {
        case .user: "user."
        case .trusted: "trusted."
        case .security: "security."
        }
    }

    init?(of name: ByteString) {
        guard let found = Self.allCases.first(where: { name.hasPrefix($0.prefix) }) else { return nil }
        self = found
    }
}

/// The sets of attributes that files have. Files with equal ones share a set.
struct XattrTable {
    /// What Linux gives out of a value (`XATTR_SIZE_MAX`).
    static let largestValue = 65_536

    /// In order of first use.
    private var sets: [[ExtendedAttribute]] = []
    private var numbers: [[ExtendedAttribute]: UInt32] = [:]

    var isEmpty: Bool { sets.isEmpty }

    /// True if a set can hold the attribute.
    static func canStore(_ attribute: ExtendedAttribute) -> Bool {
        hasPlace(for: attribute.name) && attribute.value.count <= largestValue
    }

    /// The length of a name without its namespace has 16 bits.
    private static func hasPlace(for name: ByteString) -> Bool {
        XattrNamespace(of: name) != nil && name.count <= Int(UInt16.max)
    }

    /// The number of the set; that of none if it is empty.
    mutating func add(_ attributes: [ExtendedAttribute], path: ByteString) throws(SquashFSError) -> UInt32 {
        if attributes.isEmpty { return Inode.noXattr }
        if let number = numbers[attributes] { return number }
        for attribute in attributes {
            guard Self.hasPlace(for: attribute.name) else {
                throw .unsupportedAttribute(path: path, name: attribute.name)
            }
            guard attribute.value.count <= Self.largestValue else {
                throw .attributeTooLarge(path: path, name: attribute.name, size: attribute.value.count)
            }
        }
        let number = UInt32(truncatingIfNeeded: sets.count)
        numbers[attributes] = number
        sets.append(attributes)
        return number
    }

    /// Writes names and values, then for each set where they are, and returns where the table is.
    func write<Sink: ByteSink & ~Copyable>(
        to output: inout Output<Sink>, compress: @escaping BlockCompressor.Compress
    ) throws(SquashFSError) -> UInt64 {
        var pairs = MetadataTable("xattr table", compress: compress)
        var records: [UInt8] = []
        for set in sets {
            let reference = try pairs.reference(to: pairs.count)
            records.append(little: reference.packed)
            records.append(little: UInt32(truncatingIfNeeded: set.count))
            records.append(little: UInt32(truncatingIfNeeded: Self.listedSize(set)))
            for attribute in set { pairs.append(Self.encoded(attribute)) }
        }
        pairs.finish()
        var header: [UInt8] = []
        header.append(little: output.count)
        header.append(little: UInt32(truncatingIfNeeded: sets.count))
        header.append(little: UInt32(0))
        try output.write(pairs.bytes)
        return try LookupTable.write(
            records, "xattr id table", header: header, to: &output, compress: compress)
    }

    /// Bytes of full names, each with a NUL, and of values.
    private static func listedSize(_ set: [ExtendedAttribute]) -> Int {
        set.reduce(0) { $0 + $1.name.count + 1 + $1.value.count }
    }

    private static func encoded(_ attribute: ExtendedAttribute) -> [UInt8] {
        guard let namespace = XattrNamespace(of: attribute.name) else { return [] }
        let name = attribute.name.bytes.dropFirst(namespace.prefix.count)
        var bytes: [UInt8] = []
        bytes.append(little: namespace.rawValue)
        bytes.append(little: UInt16(truncatingIfNeeded: name.count))
        bytes += name
        bytes.append(little: UInt32(truncatingIfNeeded: attribute.value.count))
        return bytes + attribute.value.bytes
    }
}
