internal import Bytes

/// Paths below an image's root: relative, `/` between components, none of them empty, `.` or `..`.
enum ImagePath {
    /// `text` without its leading and doubled slashes; the empty path is the root. Nil if it climbs or holds NUL.
    static func normalize(_ text: some Sequence<UInt8>) -> ByteString? {
        var components: [[UInt8]] = []
        for component in Array(text).split(separator: UInt8(ascii: "/")) {
            if component.elementsEqual([UInt8(ascii: ".")]) { continue }
            if component.elementsEqual(Array("..".utf8)) || component.contains(0) { return nil }
            components.append(Array(component))
        }
        return ByteString(components.joined(separator: [UInt8(ascii: "/")]))
    }

    /// `PATH_MAX` of Linux, for paths and what links hold.
    static let lengthLimit = 4096

    /// The directory that `path` is in; the root's is the root.
    static func parent(of path: ByteString) -> ByteString {
        ByteString(path.bytes[..<(path.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
    }

    /// The directories above `path`, outermost first, the root left out.
    static func parents(of path: ByteString) -> [ByteString] {
        path.bytes.indices.filter { path.bytes[$0] == UInt8(ascii: "/") }.map {
            ByteString(path.bytes[..<$0])
        }
    }

    /// `name` below `directory`.
    static func join(_ directory: ByteString, _ name: ByteString) -> ByteString {
        directory.isEmpty ? name : name.isEmpty ? directory : directory + "/" + name
    }

    /// True if `path` is `directory` or below it.
    static func contains(_ directory: ByteString, _ path: ByteString) -> Bool {
        directory.isEmpty || path == directory || path.hasPrefix(directory + "/")
    }

    /// The last component.
    static func name(_ path: ByteString) -> ByteString {
        ByteString(path.bytes.suffix(while: { $0 != UInt8(ascii: "/") }))
    }
}

extension Array<UInt8> {
    /// The longest end of the array that satisfies `condition` throughout.
    func suffix(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var start = endIndex
        while start > startIndex, condition(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}
