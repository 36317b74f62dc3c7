internal import Bytes
internal import FileTree
public import Tar

/// One entry of an image, in the order in which LinuxKit writes it, tagged with its origin.
public struct AssembledEntry: Hashable, Sendable {
    public var entry: TarEntry
    /// Whether the entry is below the read-only tree of a container or volume (`lower`, `rootfs`):
    /// nothing writes to it at run time, so equal files may share their contents.
    public var isShareable: Bool
    /// The number of the entry's source: entries of one image at one location have the same number,
    /// and a hard link refers to a file of the same group.
    public var group: Int

    public init(entry: TarEntry, isShareable: Bool = false, group: Int = 0) {
        self.entry = entry
        self.isShareable = isShareable
        self.group = group
    }
}

/// The origin of an entry, as recorded in `LINUXKIT.source` and `LINUXKIT.location`.
public struct EntryOrigin: Hashable, Sendable {
    /// The expanded image reference from the YAML, or `linuxkit.files`, `linuxkit.volumes`.
    public var source: String
    /// The location in the YAML: `kernel`, `init[0]`, `onboot[2]`, `files[3]`.
    public var location: String

    public init(source: String, location: String) {
        self.source = source
        self.location = location
    }

    /// The extended header records that carry the origin.
    var records: [PaxRecord] {
        [
            PaxRecord(key: "LINUXKIT.location", value: ByteString(location)),
            PaxRecord(key: "LINUXKIT.source", value: ByteString(source)),
        ]
    }
}

/// The assembled image: an ordered list of entries in which a later one replaces an earlier one.
public struct EntryStream: Sendable {
    public private(set) var entries: [AssembledEntry] = []
    private var lastOrigin: EntryOrigin?
    /// The records of `lastOrigin`. Most entries have no others, and all of these share one array.
    private var originRecords: [PaxRecord] = []
    private var group = 0

    public init() {}

    /// Appends an entry as in its layer, with the records of `origin` added.
    mutating func append(_ entry: TarEntry, origin: EntryOrigin) {
        var entry = entry
        if origin != lastOrigin {
            group += 1
            lastOrigin = origin
            originRecords = origin.records
        }
        if entry.header.records.isEmpty {
            entry.header.records = originRecords
        } else {
            entry.header.records.removeAll { record in originRecords.contains { $0.key == record.key } }
            entry.header.records += originRecords
        }
        let isShareable = Self.isBelowReadOnlyTree(entry.header.name)
        entries.append(AssembledEntry(entry: entry, isShareable: isShareable, group: group))
    }

    /// Appends an entry of an earlier output, whose records contain its origin.
    mutating func append(reused entry: TarEntry) {
        func record(_ key: ByteString) -> String {
            entry.header.records.first { $0.key == key }?.value.text ?? ""
        }
        let origin = EntryOrigin(source: record("LINUXKIT.source"), location: record("LINUXKIT.location"))
        append(entry, origin: origin)
    }

    /// Whether the path is `containers/<list>/<name>/lower/…` or `…/rootfs/…`.
    private static func isBelowReadOnlyTree(_ name: ByteString) -> Bool {
        guard name.hasPrefix("containers/") else { return false }
        return readOnlyTreeDepth(name.bytes.split(separator: UInt8(ascii: "/"), maxSplits: 4)) > 0
    }

    /// The number of path components that form the root of the container or volume around the path; 0 if there
    /// is none.
    static func readOnlyTreeDepth(_ parts: [ArraySlice<UInt8>]) -> Int {
        guard parts.count >= 5, parts[0].elementsEqual("containers".utf8),
            parts[3].elementsEqual("lower".utf8) || parts[3].elementsEqual("rootfs".utf8)
        else { return 0 }
        return 4
    }

    /// Appends a generated directory, named as given (some have a trailing slash).
    mutating func appendDirectory(
        _ name: ByteString, permissions: Int64 = 0o755, stamp: BuildStamp, origin: EntryOrigin
    ) {
        var header = TarHeader(name: name, typeFlag: .directory)
        header.mode = permissions
        header.modified = stamp.time
        append(TarEntry(header: header), origin: origin)
    }

    /// Appends a generated regular file.
    mutating func appendFile(
        _ name: ByteString, permissions: Int64 = 0o644, contents: FileContents, stamp: BuildStamp,
        origin: EntryOrigin
    ) {
        var header = TarHeader(name: name, typeFlag: .regular)
        header.mode = permissions
        header.modified = stamp.time
        header.size = contents.count
        append(TarEntry(header: header, contents: contents), origin: origin)
    }

    /// Appends all parent directories of `path` and `path` itself, without trailing slashes.
    mutating func appendDirectories(to path: ByteString, stamp: BuildStamp, origin: EntryOrigin) {
        let parts = path.bytes.split(separator: UInt8(ascii: "/"))
        for end in 0..<parts.count {
            let name = ByteString(parts[...end].joined(separator: [UInt8(ascii: "/")]))
            appendDirectory(name, stamp: stamp, origin: origin)
        }
    }
}
