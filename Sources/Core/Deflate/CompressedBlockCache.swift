/// Remembers what blocks of input compress to. Asked from several threads at once.
///
/// It must answer with what `DeflateEncoder` of this version makes of the very same
/// bytes, or with nothing: an answer goes into the output as it is.
public protocol CompressedBlockCache: Sendable {
    /// The compressed form of `input`, if it is known.
    func block(for input: UnsafeRawBufferPointer) -> [UInt8]?
    func store(_ block: [UInt8], for input: UnsafeRawBufferPointer)
}
