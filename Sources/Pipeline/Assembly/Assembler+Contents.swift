internal import Bytes
internal import Decompression
internal import FileTree

extension Assembler {
    /// Random access to the bytes of `contents`.
    func read(_ contents: FileContents) throws -> any RandomAccessBytes {
        switch contents {
        case .bytes(let bytes): return ByteArrayAccess(bytes.bytes)
        case .blob(let digest, let offset, let length, _):
            return RangeAccess(try store.open(digest), offset: offset, length: length)
        }
    }

    /// The payload of a compressed kernel.
    func decompressed(_ contents: FileContents, of reference: String) throws -> FileContents {
        do {
            let image = try read(contents)
            guard let payload = try KernelPayload.find(in: image) else {
                throw AssemblyError.kernelNotCompressed(image: reference)
            }
            var source = try payload.source(in: image)
            return .bytes(
                ByteString(try source.readAll(limit: Self.kernelLimit, of: "kernel of \(reference)")))
        } catch let error as StreamError {
            throw AssemblyError.kernelNotDecompressed(image: reference, reason: error)
        }
    }

    /// A decompressed kernel is held in memory, up to this size in bytes. The largest distribution kernels stay
    /// below 100 MiB.
    private static let kernelLimit = 512 << 20
}
