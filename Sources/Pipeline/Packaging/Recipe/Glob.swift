internal import Bytes

/// A pattern over paths: `*` and `?` stay within a component, `**` crosses components.
/// A path below one that matches matches too.
struct Glob: Hashable, Sendable {
    private let components: [[UInt8]]
    let text: String

    /// Nil if the pattern climbs (`..`) or is empty.
    init?(_ text: String) {
        guard let path = ImagePath.normalize(text.utf8), !path.isEmpty else { return nil }
        components = path.bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
        self.text = text
    }

    /// True if the pattern matches all of `path`, or a directory above it.
    func matches(_ path: ByteString) -> Bool {
        let parts = path.bytes.split(separator: UInt8(ascii: "/"))
        return (0..<parts.count).contains { matchesWhole(parts[...$0]) }
    }

    /// True if the pattern matches all of `path`.
    func matchesExactly(_ path: ByteString) -> Bool {
        matchesWhole(path.bytes.split(separator: UInt8(ascii: "/"))[...])
    }

    private func matchesWhole(_ parts: ArraySlice<ArraySlice<UInt8>>) -> Bool {
        let anyDepth = Array("**".utf8)
        // reachable[j]: the components read so far match the first j parts.
        var reachable = [true] + Array(repeating: false, count: parts.count)
        for component in components {
            var next = Array(repeating: false, count: parts.count + 1)
            if component == anyDepth {
                var seen = false
                for index in next.indices {
                    seen = seen || reachable[index]
                    next[index] = seen
                }
            } else {
                for (index, part) in parts.enumerated() where reachable[index] {
                    next[index + 1] = Self.component(component, matches: part)
                }
            }
            reachable = next
        }
        return reachable[parts.count]
    }

    /// The same walk over the bytes of one component: linear space, no backtracking.
    private static func component(_ pattern: [UInt8], matches text: ArraySlice<UInt8>) -> Bool {
        if !pattern.contains(UInt8(ascii: "*")), !pattern.contains(UInt8(ascii: "?")) {
            return text.elementsEqual(pattern)
        }
        var reachable = [true] + Array(repeating: false, count: text.count)
        for symbol in pattern {
            var next = Array(repeating: false, count: text.count + 1)
            if symbol == UInt8(ascii: "*") {
                var seen = false
                for index in next.indices {
                    seen = seen || reachable[index]
                    next[index] = seen
                }
            } else {
                for (index, byte) in text.enumerated() where reachable[index] {
                    next[index + 1] = symbol == UInt8(ascii: "?") || symbol == byte
                }
            }
            reachable = next
        }
        return reachable[text.count]
    }
}
