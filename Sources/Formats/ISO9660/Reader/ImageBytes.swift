internal import Bytes

/// An image's bytes, read with errors of this module.
struct ImageBytes: Sendable {
    let base: any RandomAccessBytes

    var count: UInt64 { base.count }

    /// `length` bytes from `offset` on, which must all be there.
    func bytes(_ offset: UInt64, _ length: Int, of what: String) throws(ISO9660Error) -> [UInt8] {
        guard offset <= count, UInt64(length) <= count - offset else {
            throw .corrupt(what: what, offset: offset, reason: "it goes beyond the image's \(count) bytes")
        }
        do throws(StreamError) { return try base.bytes(at: offset, length: length, of: what) } catch {
            throw .stream(error)
        }
    }
}
