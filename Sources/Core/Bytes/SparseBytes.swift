/// Random-access bytes that know of parts of theirs that are zero without being read.
public protocol SparseBytes: RandomAccessBytes {
    /// The first range at or after `offset` that may hold other bytes than zero, cut at the end;
    /// nil if there is none. A range does not have to be as large as possible.
    func nextData(at offset: UInt64) -> Range<UInt64>?
}

extension ByteArrayAccess: SparseBytes {
    public func nextData(at offset: UInt64) -> Range<UInt64>? { offset < count ? offset..<count : nil }
}
