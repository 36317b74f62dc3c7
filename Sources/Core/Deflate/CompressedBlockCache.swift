/// Remembers what blocks of input compress to. Asked from several threads at once.
public protocol CompressedBlockCache: Sendable {
    /// The compressed form of `input`: what `compress` gives, or has given for the very same bytes.
    /// It goes into the output as it is.
    func block(for input: UnsafeRawBufferPointer, compress: () -> [UInt8]) -> [UInt8]
}
