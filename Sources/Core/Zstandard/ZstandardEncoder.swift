/// Identikit's own Zstandard encoder (RFC 8878; Docs/formats/zstandard.md).
///
/// What it writes is a function of the input bytes alone, and part of the output contract: it changes only with a version
/// of Identikit. There are no levels.
///
/// One encoder holds about a megabyte of tables that are used again for each input; it serves one thread at a time.
public final class ZstandardEncoder {
    /// Changes whenever the bytes for any input do.
    public static let version = 3

    /// The most bytes that one call takes: matches reach back to the start of a job, and no further than the window.
    public static let largestJob = 2 << 20

    /// The magic number, then the header of a frame with a window of 2 MiB, and without the size or a checksum of its
    /// contents, neither of which is known before the last job (section 3.1.1.1).
    public static let frameHeader: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]

    /// An empty last block: no job needs to know that it is the last.
    public static let frameEnd: [UInt8] = [0x01, 0x00, 0x00]

    private let blocks = BlockEncoder()

    public init() {}

    /// Appends `input`, of at most `largestJob` bytes, to `result` as blocks that refer to nothing before them. The
    /// results of several calls, one after the other, are the blocks of one frame.
    public func compress(_ input: UnsafeRawBufferPointer, into result: inout [UInt8]) {
        precondition(input.count <= Self.largestJob, "ZstandardEncoder takes 2 MiB at a time")
        blocks.write(input, last: false, to: &result)
    }

    /// A frame of its own for `input`, of at most `largestJob` bytes, with its size (section 3.1.1.1.4).
    public func frame(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        precondition(input.count <= Self.largestJob, "ZstandardEncoder takes 2 MiB at a time")
        // A single segment: the window is as large as the contents, whose size takes four bytes.
        var frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xa0]
        frame += (0..<4).map { UInt8(truncatingIfNeeded: input.count >> ($0 * 8)) }
        if input.count == 0 { return frame + Self.frameEnd }
        blocks.write(input, last: true, to: &frame)
        return frame
    }
}
