internal import Bytes
internal import FileTree
public import Tar

/// One entry of an image, in the order in which LinuxKit writes it, tagged with where it comes from.
public struct AssembledEntry: Hashable, Sendable {
    public var entry: TarEntry
    /// True for what lies below the read-only tree of a container or volume (`lower`, `rootfs`):
    /// nothing writes to it at run time, so equal files may share their contents.
    public var isShareable: Bool
    /// Counts the sources of entries: those of one image at one place have the same number,
    /// and a hard link means a file of its own group.
    public var group: Int

    public init(entry: TarEntry, isShareable: Bool = false, group: Int = 0) {
        self.entry = entry
        self.isShareable = isShareable
        self.group = group
    }
}

/// Where an entry comes from: what its `LINUXKIT.source` and `LINUXKIT.location` records say.
public struct EntryOrigin: Hashable, Sendable {
    /// The expanded image reference as the YAML has it, or `linuxkit.files`, `linuxkit.volumes`.
    public var source: String
    /// The place in the YAML: `kernel`, `init[0]`, `onboot[2]`, `files[3]`.
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
    /// Those of `lastOrigin`: most entries have no others, and all of these share one array.
    private var originRecords: [PaxRecord] = []
    private var group = 0

    public init() {}

    /// Appends an entry as its layer has it, with the records of `origin` added.
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

    /// Appends an entry of an earlier output, its records telling its origin.
    mutating func append(reused entry: TarEntry) {
        func record(_ key: ByteString) -> String {
            entry.header.records.first { $0.key == key }?.value.text ?? ""
        }
        let origin = EntryOrigin(source: record("LINUXKIT.source"), location: record("LINUXKIT.location"))
        append(entry, origin: origin)
    }

    /// `containers/<list>/<name>/lower/…` or `…/rootfs/…`.
    private static func isBelowReadOnlyTree(_ name: ByteString) -> Bool {
        guard name.hasPrefix("containers/") else { return false }
        return readOnlyTreeDepth(name.bytes.split(separator: UInt8(ascii: "/"), maxSplits: 4)) > 0
    }

    /// How many components of a path name the root of the container or volume that it lies in; 0 if it lies
    /// in none.
    static func readOnlyTreeDepth(_ parts: [ArraySlice<UInt8>]) -> Int {
        guard parts.count >= 5, parts[0].elementsEqual("containers".utf8),
            parts[3].elementsEqual("lower".utf8) || parts[3].elementsEqual("rootfs".utf8)
        else { return 0 }
        return 4
    }

    /// Appends a directory of ours, named as given (some have a trailing slash).
    mutating func appendDirectory(
        _ name: ByteString, permissions: Int64 = 0o755, stamp: BuildStamp, origin: EntryOrigin
    ) {
        var header = TarHeader(name: name, typeFlag: .directory)
        header.mode = permissions
        header.modified = stamp.time
        append(TarEntry(header: header), origin: origin)
    }

    /// Appends a regular file of ours.
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

    /// Appends every directory on the way to `path` and `path` itself, without trailing slashes.
    mutating func appendDirectories(to path: ByteString, stamp: BuildStamp, origin: EntryOrigin) {
        let parts = path.bytes.split(separator: UInt8(ascii: "/"))
        for end in 0..<parts.count {
            let name = ByteString(parts[...end].joined(separator: [UInt8(ascii: "/")]))
            appendDirectory(name, stamp: stamp, origin: origin)
        }
    }
}
