internal import Bytes

/// The `.modinfo` section of a kernel module: `key=value` texts (ELF-64 object file format; Linux, modpost).
struct ModuleInformation: Equatable {
    /// Names of modules that must be loaded before, as `depends` has them.
    var dependencies: [String] = []
    /// Patterns of devices and names that ask for the module.
    var aliases: [String] = []
    /// `pre: a b post: c`
    var softDependencies: [String] = []

    /// Why a file is not a kernel module.
    struct Failure: Error, Equatable {
        var offset: UInt64
        var reason: String
    }

    /// The most bytes a `.modinfo` may have; real ones stay below some hundred thousand.
    private static let sectionLimit: UInt64 = 16 << 20

    init() {}

    init(of file: some RandomAccessBytes) throws {
        let header = try Header(file)
        let names = try header.section(header.nameTable, in: file)
        for index in 0..<header.count {
            let section = try header.section(index, in: file)
            guard try Self.name(section.name, in: names, file) == ".modinfo" else { continue }
            guard section.size <= Self.sectionLimit else {
                throw Failure(offset: section.offset, reason: "its .modinfo is too long")
            }
            parse(try file.bytes(at: section.offset, length: Int(section.size), of: ".modinfo"))
            return
        }
    }

    private mutating func parse(_ bytes: [UInt8]) {
        for record in bytes.split(separator: 0) { add(String(decoding: record, as: UTF8.self)) }
    }

    /// Takes one `key=value`.
    mutating func add(_ record: String) {
        guard let equals = record.firstIndex(of: "=") else { return }
        let value = String(record[record.index(after: equals)...])
        switch record[..<equals] {
        case "depends": dependencies += value.split(separator: ",").map(String.init)
        case "alias": aliases.append(value)
        case "softdep": softDependencies.append(value)
        default: break
        }
    }

    /// The text at `offset` of the section that holds the sections' names.
    private static func name(_ offset: UInt32, in names: Section, _ file: some RandomAccessBytes) throws
        -> String
    {
        guard UInt64(offset) < names.size else {
            throw Failure(offset: names.offset, reason: "a section's name is outside of the names")
        }
        let length = min(names.size - UInt64(offset), 64)
        let bytes = try file.bytes(
            at: names.offset + UInt64(offset), length: Int(length), of: "section names")
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// One entry of the section header table (`Elf64_Shdr`), as far as it is needed; within the file.
private struct Section {
    static let size: UInt16 = 64
    var name: UInt32
    var offset: UInt64
    var size: UInt64
}

/// The file header (`Elf64_Ehdr`), as far as it is needed.
private struct Header {
    var sections: UInt64
    var entrySize: UInt16
    var count: UInt16
    var nameTable: UInt16

    init(_ file: some RandomAccessBytes) throws {
        guard file.count >= 64 else { throw ModuleInformation.Failure(offset: 0, reason: "it is too short") }
        let bytes = try file.bytes(at: 0, length: 64, of: "the ELF header")
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else {
            throw ModuleInformation.Failure(offset: 0, reason: "it is no 64-bit little-endian ELF file")
        }
        sections = bytes.littleEndian(at: 0x28, UInt64.self)
        entrySize = bytes.littleEndian(at: 0x3A, UInt16.self)
        count = bytes.littleEndian(at: 0x3C, UInt16.self)
        nameTable = bytes.littleEndian(at: 0x3E, UInt16.self)
        guard entrySize >= Section.size, nameTable < count, sections <= file.count,
            UInt64(entrySize) * UInt64(count) <= file.count - sections
        else {
            throw ModuleInformation.Failure(offset: 0x28, reason: "its section table is outside of the file")
        }
    }

    func section(_ index: UInt16, in file: some RandomAccessBytes) throws -> Section {
        let place = sections + UInt64(index) * UInt64(entrySize)
        let bytes = try file.bytes(at: place, length: Int(Section.size), of: "a section header")
        let section = Section(
            name: bytes.littleEndian(at: 0, UInt32.self), offset: bytes.littleEndian(at: 24, UInt64.self),
            size: bytes.littleEndian(at: 32, UInt64.self))
        // SHT_NOBITS takes no place in the file, whatever size it says.
        if bytes.littleEndian(at: 4, UInt32.self) == 8 {
            return Section(name: section.name, offset: 0, size: 0)
        }
        guard section.offset <= file.count, section.size <= file.count - section.offset else {
            throw ModuleInformation.Failure(offset: place, reason: "a section is outside of the file")
        }
        return section
    }
}

extension Array<UInt8> {
    /// The integer at `offset`, which must be within the array.
    fileprivate func littleEndian<Value: FixedWidthInteger>(at offset: Int, _: Value.Type) -> Value {
        (0..<Value.bitWidth / 8).reversed().reduce(0) {
            $0 << 8 | Value(truncatingIfNeeded: self[offset + $1])
        }
    }
}
