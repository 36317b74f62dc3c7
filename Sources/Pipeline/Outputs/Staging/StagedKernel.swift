internal import Bytes
internal import Decompression
internal import Digests
internal import FileTree
internal import Host

/// The kernel in the form that boot loaders and the EFI stub start. arm64 and riscv64 kernels are often compressed
/// as a whole (`Image.gz`), which only QEMU and some boot loaders can unpack: such a kernel is decompressed here,
/// once per run, into an unnamed file.
final class StagedKernel {
    let contents: FileContents
    /// The decompressed kernel; nil if the kernel is used as it is.
    let bytes: ReadableFile?
    private let file: StagedFile?

    init(_ kernel: FileContents, session: OutputSession) throws {
        let image = ContentReader(kernel, from: session.store)
        guard try image.isCompressed, let payload = try KernelPayload.find(in: image) else {
            contents = kernel
            bytes = nil
            file = nil
            return
        }
        var sink = DigestingSink(try AtomicFile(path: session.path("-kernel")))
        var source = try payload.source(in: image)
        try source.copy(to: &sink)
        let (digest, size) = (sink.digest, sink.count)
        let file = sink.finish()
        bytes = try file.reader()
        self.file = StagedFile(file)
        contents = .blob(digest: digest, offset: 0, length: size, contentDigest: digest)
    }
}

extension ContentReader {
    /// Whether the kernel starts with the magic number of a compression format.
    var isCompressed: Bool {
        get throws(StreamError) {
            let start = try bytes(
                at: 0, length: Int(min(count, UInt64(Compression.magicLength))), of: "kernel")
            return Compression(detecting: start) != nil
        }
    }
}
