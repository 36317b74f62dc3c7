internal import Bytes

/// Names in layers, cleaned: relative to the image's root, parts between slashes, no `.`, no empty part.
enum EntryPath {
    /// The longest name that is taken, in bytes: sixteen times what Linux can open.
    static let limit = 64 << 10

    /// The parts of `name`; nil if it climbs out of the root.
    static func parts(_ name: some Collection<UInt8>) -> [ByteString]? {
        var parts: [ByteString] = []
        for part in name.split(separator: slash) where !part.elementsEqual([dot]) {
            if !part.elementsEqual([dot, dot]) {
                parts.append(ByteString(Array(part)))
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts
    }

    /// The parts of a symbolic link's target, the last one first, `..` left in for the walk.
    static func reversedTarget(_ target: ByteString) -> [ByteString] {
        target.bytes.split(separator: slash).reversed().filter { $0 != [dot] }.map { ByteString($0) }
    }

    static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")
}

/// Splits names into directory and base. Successive entries are mostly in one directory, so that
/// its parts are kept.
struct EntryNameSplitter {
    private var rawDirectory: [UInt8] = []
    private var directory: [ByteString] = []

    /// The base is nil for the root itself; all is nil if the name climbs out of the root.
    mutating func split(_ name: ByteString) -> (directory: [ByteString], base: ByteString?)? {
        let bytes = name.bytes
        var end = bytes.count
        while end > 0, bytes[end - 1] == EntryPath.slash { end -= 1 }
        var start = end
        while start > 0, bytes[start - 1] != EntryPath.slash { start -= 1 }
        let base = ByteString(Array(bytes[start..<end]))
        if base.isEmpty || base == "." || base == ".." {
            guard var parts = EntryPath.parts(bytes) else { return nil }
            let last = parts.popLast()
            return (parts, last)
        }
        if rawDirectory.count != start || !bytes[..<start].elementsEqual(rawDirectory) {
            guard let parts = EntryPath.parts(bytes[..<start]) else { return nil }
            rawDirectory = Array(bytes[..<start])
            directory = parts
        }
        return (directory, base)
    }
}

/// What a layer's member says besides being a file (OCI image specification, "Whiteouts").
enum LayerMark: Equatable {
    /// `.wh.NAME`: NAME, here and below, is gone from the lower layers.
    case whiteout(ByteString)
    /// `.wh..wh..opq`: everything beside it is gone from the lower layers.
    case opaque
    /// AUFS's own bookkeeping, which means nothing to others.
    case bookkeeping
    case none

    init(directory: [ByteString], base: ByteString?) {
        if base == Self.opaqueName {
            self = .opaque
        } else if directory.contains(where: { $0.hasPrefix(Self.bookkeepingPrefix) })
            || base?.hasPrefix(Self.bookkeepingPrefix) == true
        {
            self = .bookkeeping
        } else if let base, base.hasPrefix(Self.prefix) {
            self = .whiteout(ByteString(base.bytes.dropFirst(Self.prefix.count)))
        } else {
            self = .none
        }
    }

    private static let prefix: ByteString = ".wh."
    private static let bookkeepingPrefix: ByteString = ".wh..wh."
    private static let opaqueName: ByteString = ".wh..wh..opq"
}
