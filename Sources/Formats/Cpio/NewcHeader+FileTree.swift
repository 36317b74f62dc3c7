internal import Bytes
internal import Digests
internal import FileTree

/// File types of `st_mode` (POSIX `<sys/stat.h>`, Linux's numbers).
enum FileTypeBits {
    static let fifo: UInt32 = 0o010000
    static let characterDevice: UInt32 = 0o020000
    static let directory: UInt32 = 0o040000
    static let blockDevice: UInt32 = 0o060000
    static let regular: UInt32 = 0o100000
    static let symbolicLink: UInt32 = 0o120000
    static let socket: UInt32 = 0o140000
}

extension NewcHeader {
    /// The header of an entry, in canonical form.
    ///
    /// - The root is `.`; a file in it called like the trailer gets a `./`.
    /// - Files of one name have identity 0 and a link count of 1, directories too: readers take equal
    ///   identities for hard links only where the count is higher.
    /// - Symbolic links are never hard links: the kernel would create one for each name in any case.
    /// - Times are clamped to 32 bits, fractions dropped.
    init(_ entry: FileTree.Entry) throws(CpioError) {
        self.init(name: entry.path.isEmpty ? "." : entry.path)
        if name == Self.trailer { name = "./" + name }
        if name.count + 1 > Self.nameLimit { throw .pathTooLong(path: entry.path) }
        let metadata = entry.node.metadata
        mode = entry.node.kind.typeBits | UInt32(metadata.permissions & 0o7777)
        uid = metadata.uid
        gid = metadata.gid
        modified = UInt32(clamping: metadata.modified.seconds)
        try setRepresentedDevice(entry)
        guard entry.isHardLink else { return }
        guard let count = UInt32(exactly: entry.linkCount) else {
            throw .invalidField(field: "nlink", offset: 0)
        }
        linkCount = count
    }

    private mutating func setRepresentedDevice(_ entry: FileTree.Entry) throws(CpioError) {
        switch entry.node.kind {
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            guard major < 1 << 12, minor < 1 << 20 else { throw .deviceOutOfRange(path: entry.path) }
            representedMajor = major
            representedMinor = minor
        case .regular, .directory, .symbolicLink, .fifo, .socket: break
        }
    }

    /// 96 bits that name a group of hard links: SHA-256 over its first path, metadata and contents.
    func identity(contents: FileContents) -> LinkIdentity {
        var hasher = SHA256Hasher()
        hasher.update(Array("cpio hard link".utf8) + [0] + name.bytes + [0])
        for field in [mode, uid, gid, modified, representedMajor, representedMinor] {
            hasher.update([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: field >> UInt32($0)) })
        }
        hasher.update(contents.contentDigest.bytes)
        let words = stride(from: 0, to: 12, by: 4).map { start in
            hasher.finalize().bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        return LinkIdentity(inode: words[0], deviceMajor: words[1], deviceMinor: words[2])
    }

    mutating func set(_ identity: LinkIdentity) {
        inode = identity.inode
        deviceMajor = identity.deviceMajor
        deviceMinor = identity.deviceMinor
    }
}

struct LinkIdentity {
    let inode: UInt32
    let deviceMajor: UInt32
    let deviceMinor: UInt32
}

extension FileTree.Entry {
    /// True if the entry is written as one of several names of a file.
    var isHardLink: Bool {
        switch node.kind {
        case .symbolicLink, .directory: false
        case .regular, .characterDevice, .blockDevice, .fifo, .socket: linkCount > 1
        }
    }
}

extension FileKind {
    var typeBits: UInt32 {
        switch self {
        case .regular: FileTypeBits.regular
        case .directory: FileTypeBits.directory
        case .symbolicLink: FileTypeBits.symbolicLink
        case .characterDevice: FileTypeBits.characterDevice
        case .blockDevice: FileTypeBits.blockDevice
        case .fifo: FileTypeBits.fifo
        case .socket: FileTypeBits.socket
        }
    }
}
