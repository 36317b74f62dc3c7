internal import Bytes
internal import Checksums

/// Adds up what is written to it and keeps nothing.
struct ChecksumSink: ByteSink {
    private var checksum = CRC32()

    var value: UInt32 { checksum.value }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) { checksum.update(bytes) }
}
