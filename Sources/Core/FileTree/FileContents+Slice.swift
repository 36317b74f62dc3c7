internal import Bytes
internal import Digests

extension FileContents {
    /// The bytes `range` of the contents, which must be there.
    ///
    /// Nothing is read, so a piece of a blob has no SHA-256 of its own: its `contentDigest` is derived from
    /// that of the whole and the range. It tells pieces apart as well, but verifies nothing.
    public func slice(_ range: Range<UInt64>) -> FileContents {
        precondition(range.upperBound <= count, "the contents end at \(count)")
        if range == 0..<count { return self }
        switch self {
        case .bytes(let bytes):
            return .bytes(ByteString(bytes.bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        case .blob(let digest, let offset, _, let contentDigest):
            var name = Array("slice".utf8) + [0] + contentDigest.bytes
            name.append(big: range.lowerBound)
            name.append(big: range.upperBound)
            return .blob(
                digest: digest, offset: offset + range.lowerBound, length: UInt64(range.count),
                contentDigest: SHA256Digest(hashing: name))
        }
    }
}
