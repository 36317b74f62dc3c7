internal import Bytes
public import FileTree

/// A tree with everything that breaks file system images, made by code, the same one every time.
///
/// A format takes the parts that it can hold, and shows with each of the others that it is an error by name.
///
///     let corpus = try HostileCorpus(.usual.subtracting(.deviceFiles))
///     corpus.tree, corpus.store
public struct HostileCorpus: Sendable {
    public struct Parts: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Sizes around the boundaries of blocks from 512 bytes to 1 MiB, empty files too.
        public static let sizes = Parts(rawValue: 1 << 0)
        /// Files with holes at every place, and of zeros alone.
        public static let sparseFiles = Parts(rawValue: 1 << 1)
        /// Equal files, some that may be shared and some that may not.
        public static let equalFiles = Parts(rawValue: 1 << 2)
        /// Names of 255 bytes in UTF-8 with characters of one to four bytes.
        public static let longNames = Parts(rawValue: 1 << 3)
        /// Spaces, dots at either end, characters that FAT or ISO 9660 forbid, control characters.
        public static let oddNames = Parts(rawValue: 1 << 4)
        /// Names that differ in case or in normalisation only, and device names of DOS.
        public static let twinNames = Parts(rawValue: 1 << 5)
        /// Names that are no UTF-8.
        public static let rawNames = Parts(rawValue: 1 << 6)
        /// Short names and long ones whose short forms collide, 300 of a kind.
        public static let shortNames = Parts(rawValue: 1 << 7)
        /// A directory 20 levels down, with files and links on the way.
        public static let deepDirectories = Parts(rawValue: 1 << 8)
        /// A path of 4,095 bytes. Tools that unpack it below a directory can't.
        public static let longestPath = Parts(rawValue: 1 << 9)
        /// A directory with 5,000 files of 5,000 owners.
        public static let largeDirectory = Parts(rawValue: 1 << 10)
        /// Symbolic links, relative, absolute, dangling, of 4,095 bytes.
        public static let symbolicLinks = Parts(rawValue: 1 << 11)
        /// Hard links to files, one with 300 names.
        public static let hardLinks = Parts(rawValue: 1 << 12)
        /// Hard links to symbolic links, devices and pipes.
        public static let specialHardLinks = Parts(rawValue: 1 << 13)
        /// Character and block devices with numbers of 20 bits.
        public static let deviceFiles = Parts(rawValue: 1 << 14)
        /// A pipe and a socket.
        public static let pipes = Parts(rawValue: 1 << 15)
        /// Every permission bit by itself, setuid, setgid and sticky with and without the right to execute.
        public static let permissions = Parts(rawValue: 1 << 16)
        /// Owners up to 4,294,967,294.
        public static let owners = Parts(rawValue: 1 << 17)
        /// Times from 1901 to 2500 with nanoseconds.
        public static let times = Parts(rawValue: 1 << 18)
        /// `security.capability`, `user.*` and `trusted.*`, empty, of 60,000 bytes, many, on every kind of file.
        public static let xattrs = Parts(rawValue: 1 << 19)
        /// `system.posix_acl_*`, which squashfs has no place for.
        public static let accessControlLists = Parts(rawValue: 1 << 20)
        /// 70,000 directories in one: slow.
        public static let manyDirectories = Parts(rawValue: 1 << 21)
        /// 70,000 names of one file: slow.
        public static let manyHardLinks = Parts(rawValue: 1 << 22)
        /// A file of 4 GiB and 5 bytes, most of them zero: slow.
        public static let largeFile = Parts(rawValue: 1 << 23)

        public static let all = Parts(rawValue: 1 << 24 - 1)
        /// What takes seconds in a build that is not optimised.
        public static let slow: Parts = [.manyDirectories, .manyHardLinks, .largeFile]
        public static let usual = all.subtracting(slow)
    }

    public let tree: FileTree
    public let store: CorpusStore

    public init(_ parts: Parts = .usual) throws {
        var maker = CorpusMaker()
        try maker.add(parts)
        store = maker.store
        tree = maker.builder.freeze()
    }

    public init(manyDirectories: Bool) throws {
        try self.init(manyDirectories ? .usual.union(.manyDirectories) : .usual)
    }
}

/// A corpus under way.
struct CorpusMaker {
    var builder = FileTree.Builder(stamp: Timestamp(seconds: BuildStamp.defaultEpoch))
    var store = CorpusStore()

    mutating func add(_ parts: HostileCorpus.Parts) throws {
        if parts.contains(.sizes) { try addSizes() }
        if parts.contains(.sparseFiles) { try addSparseFiles() }
        if parts.contains(.equalFiles) { try addEqualFiles() }
        if parts.contains(.largeFile) { try addLargeFile() }
        if parts.contains(.longNames) { try addLongNames() }
        if parts.contains(.oddNames) { try addOddNames() }
        if parts.contains(.twinNames) { try addTwinNames() }
        if parts.contains(.rawNames) { try addRawNames() }
        if parts.contains(.shortNames) { try addShortNames() }
        if parts.contains(.deepDirectories) { try addDeepDirectories() }
        if parts.contains(.longestPath) { try addLongestPath() }
        if parts.contains(.largeDirectory) { try addLargeDirectory() }
        if parts.contains(.manyDirectories) { try addManyDirectories() }
        if parts.contains(.symbolicLinks) { try addSymbolicLinks() }
        if parts.contains(.hardLinks) { try addHardLinks() }
        if parts.contains(.specialHardLinks) { try addSpecialHardLinks() }
        if parts.contains(.manyHardLinks) { try addManyHardLinks() }
        if parts.contains(.deviceFiles) { try addDeviceFiles() }
        if parts.contains(.pipes) { try addPipes() }
        if parts.contains(.permissions) { try addPermissions() }
        if parts.contains(.owners) { try addOwners() }
        if parts.contains(.times) { try addTimes() }
        if parts.contains(.xattrs) { try addXattrs() }
        if parts.contains(.accessControlLists) { try addAccessControlLists() }
    }

    static func metadata(_ permissions: UInt16 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0) -> FileMetadata {
        FileMetadata(
            permissions: permissions, uid: uid, gid: gid, modified: Timestamp(seconds: 1_500_000_000))
    }

    mutating func add(
        _ path: ByteString, _ kind: FileKind, _ metadata: FileMetadata = Self.metadata()
    ) throws { try builder.add(path, FileNode(kind: kind, metadata: metadata)) }

    /// A regular file whose contents lie in the store.
    mutating func file(
        _ path: ByteString, _ bytes: [UInt8], _ metadata: FileMetadata = Self.metadata(),
        isShareable: Bool = false
    ) throws { try file(path, store.add(bytes), metadata, isShareable: isShareable) }

    mutating func file(
        _ path: ByteString, _ contents: FileContents, _ metadata: FileMetadata = Self.metadata(),
        isShareable: Bool = false
    ) throws {
        try builder.add(
            path,
            FileNode(kind: .regular, metadata: metadata, contents: contents, isShareable: isShareable))
    }

    /// A regular file that holds its own name.
    mutating func file(_ path: ByteString, _ metadata: FileMetadata = Self.metadata()) throws {
        try file(path, .bytes(path), metadata)
    }
}
