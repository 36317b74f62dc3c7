internal import Bytes

/// Names in layers, cleaned: relative to the image's root, parts between slashes, no `.`, no empty part.
enum EntryPath {
    /// The longest name that is taken, in bytes: sixteen times what Linux can open.
    static let limit = 64 << 10

    /// The parts of `name`; nil if it climbs out of the root.
    static func parts(_ name: ByteString) -> [ByteString]? {
        var parts: [ByteString] = []
        for part in name.bytes.split(separator: slash) where part != [dot] {
            if part != [dot, dot] {
                parts.append(ByteString(part))
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

/// What a layer's member says besides being a file (OCI image specification, "Whiteouts").
enum LayerMark: Equatable {
    /// `.wh.NAME`: NAME, here and below, is gone from the lower layers.
    case whiteout(ByteString)
    /// `.wh..wh..opq`: everything beside it is gone from the lower layers.
    case opaque
    /// AUFS's own bookkeeping, which means nothing to others.
    case bookkeeping
    case none

    init(_ parts: [ByteString]) {
        if parts.last == Self.opaqueName {
            self = .opaque
        } else if parts.contains(where: { $0.hasPrefix(Self.bookkeepingPrefix) }) {
            self = .bookkeeping
        } else if let last = parts.last, last.hasPrefix(Self.prefix) {
            self = .whiteout(ByteString(last.bytes.dropFirst(Self.prefix.count)))
        } else {
            self = .none
        }
    }

    private static let prefix: ByteString = ".wh."
    private static let bookkeepingPrefix: ByteString = ".wh..wh."
    private static let opaqueName: ByteString = ".wh..wh..opq"
}
