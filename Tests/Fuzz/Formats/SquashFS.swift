import Bytes
import SquashFS

extension FuzzFormat {
    /// One image as Identikit writes it, and one whose blocks are all stored, so that changes reach what is in them.
    static let squashfs = FuzzFormat(
        name: "squashfs",
        seeds: {
            let stored = BlockCompressor(.zlib) { { _ in nil } }
            return try [BlockCompressor.zlib, stored].map { compressor in
                let options = SquashFSOptions(
                    stamp: SampleTree.stamp, blockSize: 4096, compressor: compressor)
                let image = try SquashFSWriter(options).write(
                    try SampleTree.whole(), from: SampleTree.Store(), to: ByteArraySink())
                return try Specimen(sparse: ByteArrayAccess(image.bytes))
            }
        },
        read: { specimen in try readEverything(try SquashFSReader(specimen)) })
}
