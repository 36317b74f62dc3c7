internal import Bytes
internal import Decompression
internal import Digests
internal import Host
internal import Tar

/// A .deb (deb(5), format 2.0): its control paragraph, and where its files are.
struct DebianPackage {
    let path: String
    let control: ControlParagraph
    /// The control file as it stands, for scanners.
    let controlText: [UInt8]
    private let file: ReadableFile
    private let data: UnixArchive.Member

    /// The most bytes that the control archive may have; real ones have some thousands.
    private static let controlLimit = 64 << 20
    /// The most bytes that all files together may have: far more than any, and an end to a bomb.
    private static let dataLimit: UInt64 = 32 << 30

    var name: String { control["Package"] ?? "" }
    var version: String { control["Version"] ?? "" }
    var architecture: String { control["Architecture"] ?? "" }

    init(path: String) throws {
        self.path = path
        file = try ReadableFile(path: path)
        let members: [UnixArchive.Member]
        do { members = try UnixArchive.members(of: file) } catch let failure as UnixArchive.Failure {
            throw PackagingError.invalidPackage(
                file: path, part: "the .deb", offset: failure.offset, reason: failure.reason)
        }
        try Self.checkFormat(members.first, in: file)
        data = try Self.member("data.tar", of: members, path: path)
        let controlMember = try Self.member("control.tar", of: members, path: path)
        controlText = try Self.controlFile(in: file, controlMember)
        guard let paragraph = ControlParagraph.parse(String(decoding: controlText, as: UTF8.self)).first,
            let name = paragraph["Package"], DebianName.isPackage(name), paragraph["Version"] != nil,
            paragraph["Architecture"] != nil
        else {
            throw PackagingError.invalidPackage(
                file: path, part: "control", offset: 0,
                reason: "it says no package, version and architecture")
        }
        control = paragraph
    }

    /// Opens the .deb at `path`, which must be the package that `locked` says.
    init(path: String, locked: LockedPackage) throws {
        try self.init(path: path)
        guard name == locked.name, version == locked.version, architecture == locked.architecture else {
            throw PackagingError.invalidPackage(
                file: path, part: "control", offset: 0,
                reason: "it is \(name) \(version) for \(architecture), and the lock says \(locked.name) "
                    + "\(locked.version) for \(locked.architecture)")
        }
    }

    /// Writes the data archive, decompressed, to `sink`.
    func decompressData(to sink: inout some ByteSink & ~Copyable) throws {
        var source = try Self.decompressed(file, data, path: path)
        do throws(StreamError) { try source.copy(to: &sink) } catch {
            throw Self.failure(error, file: path, part: data.name)
        }
    }

    /// The first member says which format the rest has: any 2.x is readable.
    private static func checkFormat(_ first: UnixArchive.Member?, in file: ReadableFile) throws {
        guard let first, first.name == "debian-binary", (2...64).contains(first.size),
            try file.bytes(at: first.offset, length: 2, of: "debian-binary") == Array("2.".utf8)
        else {
            throw PackagingError.invalidPackage(
                file: file.path, part: "the .deb", offset: 8,
                reason: "its first member is not `debian-binary` of format 2")
        }
    }

    private static func member(
        _ stem: String, of members: [UnixArchive.Member], path: String
    ) throws -> UnixArchive.Member {
        let found = members.filter { $0.name == stem || $0.name.hasPrefix(stem + ".") }
        guard let member = found.first, found.count == 1 else {
            throw PackagingError.invalidPackage(
                file: path, part: "the .deb", offset: found.last?.offset ?? 0,
                reason: "it has \(found.count) members `\(stem)`, not one")
        }
        return member
    }

    private static func decompressed(
        _ file: ReadableFile, _ member: UnixArchive.Member, path: String
    ) throws -> any ByteSource {
        let range = RangeSource(file, offset: member.offset, length: member.size)
        do throws(StreamError) {
            return try Decompressor.source(detectingIn: range, limit: dataLimit).source
        } catch {
            throw failure(error, file: path, part: member.name)
        }
    }

    private static func controlFile(in file: ReadableFile, _ member: UnixArchive.Member) throws -> [UInt8] {
        var source = try decompressed(file, member, path: file.path)
        let bytes: [UInt8]
        do throws(StreamError) { bytes = try source.readAll(limit: controlLimit, of: member.name) } catch {
            throw failure(error, file: file.path, part: member.name)
        }
        do throws(TarError) {
            var reader = TarReader(ByteArraySource(bytes))
            while let entry = try reader.next() {
                guard entry.header.typeFlag == .regular,
                    ImagePath.normalize(entry.header.name.bytes) == "control"
                else { continue }
                guard entry.dataOffset <= bytes.count,
                    entry.dataLength <= UInt64(bytes.count) - entry.dataOffset
                else { break }
                return Array(bytes[Int(entry.dataOffset)...].prefix(Int(entry.dataLength)))
            }
        } catch { throw failure(error, file: file.path, part: member.name) }
        throw PackagingError.invalidPackage(
            file: file.path, part: member.name, offset: 0, reason: "it has no file `control`")
    }

    static func failure(_ error: TarError, file: String, part: String) -> PackagingError {
        .invalidPackage(file: file, part: part, offset: error.offset ?? 0, reason: "\(error)")
    }

    static func failure(_ error: StreamError, file: String, part: String) -> any Error {
        switch error {
        case .unexpectedEnd(_, let offset):
            PackagingError.invalidPackage(file: file, part: part, offset: offset, reason: "it ends too early")
        case .corrupt(_, let offset, let reason):
            PackagingError.invalidPackage(file: file, part: part, offset: offset, reason: reason)
        case .limitExceeded(_, let limit):
            PackagingError.invalidPackage(
                file: file, part: part, offset: 0, reason: "it has more than \(limit) bytes")
        case .system, .changed: error
        }
    }
}

extension TarError {
    /// The byte of the tar stream that the error speaks of.
    var offset: UInt64? {
        switch self {
        case .truncated(_, let offset), .checksumMismatch(let offset), .loneZeroBlock(let offset),
            .invalidField(_, _, let offset), .invalidRecord(_, let offset),
            .extendedHeaderTooLong(_, _, let offset), .unsupportedType(_, _, let offset),
            .sparseFile(_, let offset):
            offset
        case .stream, .unrepresentable, .lengthMismatch: nil
        }
    }
}
