/// A name as a file system sees it: bytes, ordered bytewise.
///
/// A Swift `String` compares by canonical equivalence, so two different file
/// names could be one key. Paths, link targets and xattr names are therefore
/// byte strings; `String` is for people.
public struct ByteString: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    public init(_ text: String) { bytes = Array(text.utf8) }
    public init() { bytes = [] }

    public var count: Int { bytes.count }
    public var isEmpty: Bool { bytes.isEmpty }

    /// The bytes as UTF-8, invalid sequences replaced: for messages, never for keys.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// True if every byte is below 0x80.
    public var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }

    public func hasPrefix(_ prefix: ByteString) -> Bool { bytes.starts(with: prefix.bytes) }

    public func hasSuffix(_ suffix: ByteString) -> Bool {
        bytes.count >= suffix.count && bytes.suffix(suffix.count).elementsEqual(suffix.bytes)
    }

    public static func + (left: ByteString, right: ByteString) -> ByteString {
        ByteString(left.bytes + right.bytes)
    }
}

extension ByteString {
    public func hash(into hasher: inout Hasher) {
        // An array hashes element by element, which takes several times as long.
        hasher.combine(bytes.count)
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension ByteString: Comparable {
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ByteString: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

extension ByteString: CustomStringConvertible {
    public var description: String { text }
}
