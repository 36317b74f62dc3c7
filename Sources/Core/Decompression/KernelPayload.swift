public import Bytes

/// Where a Linux kernel image keeps the compressed kernel proper.
public struct KernelPayload: Equatable, Sendable {
    /// What was recognised, in the order in which it is looked for.
    public enum Container: String, Sendable {
        /// The whole file is compressed, as arm64's Image.gz.
        case file
        /// x86: named by the setup header (Documentation/arch/x86/boot.rst, protocol 2.08).
        case bzImage
        /// EFI zboot: named by its header (drivers/firmware/efi/libstub/zboot-header.S).
        case zboot
        /// A gzip member somewhere in the file that inflates to a kernel.
        case embedded
    }

    public let container: Container
    public let compression: Compression
    /// Bytes from the start of the image.
    public let offset: UInt64
    /// Bytes, with the decompressed size that most formats have after them.
    public let length: UInt64

    /// The payload of `image`, or nil if nothing in it is a compressed kernel
    /// (an ELF vmlinux, a plain arm64 or riscv Image, something else).
    ///
    /// Throws `corrupt` for a payload outside the file or in a format that can't be read.
    public static func find(in image: some RandomAccessBytes) throws(StreamError) -> KernelPayload? {
        let start = try KernelImageStart(image)
        if let compression = Compression(detecting: start.bytes) {
            return KernelPayload(container: .file, compression: compression, offset: 0, length: image.count)
        }
        if let place = start.bzImagePayload ?? start.zbootPayload {
            return try named(place, in: image)
        }
        // A plain kernel may embed gzip members of its own, its configuration for one.
        return start.isPlainKernel ? nil : try scan(image)
    }

    /// The decompressed kernel. `limit` and errors as `Decompressor.source(over:compression:limit:memoryLimit:)`
    /// has them, offsets counted from the payload's start.
    public func source(
        in image: some RandomAccessBytes, limit: UInt64 = .max
    ) throws(StreamError) -> any ByteSource {
        try Decompressor.source(
            over: RangeSource(image, offset: offset, length: length), compression: compression,
            trailing: container == .file ? .refused : .ignored, limit: limit,
            memoryLimit: Decompressor.defaultMemoryLimit)
    }

    private static func named(
        _ place: KernelImageStart.Place, in image: some RandomAccessBytes
    ) throws(StreamError) -> KernelPayload {
        guard place.offset < image.count, place.length <= image.count - place.offset else {
            throw .corrupt(
                what: "kernel image", offset: place.headerOffset,
                reason:
                    "its payload (offset \(place.offset), length \(place.length)) lies outside its \(image.count) bytes"
            )
        }
        let magic = try image.bytes(
            at: place.offset, length: Int(min(UInt64(Compression.magicLength), place.length)),
            of: "kernel payload")
        guard let compression = Compression(detecting: magic) else {
            throw .corrupt(
                what: "kernel image", offset: place.offset,
                reason: "its payload is \(unreadable(magic)); gzip, zstd, xz and lz4 can be read")
        }
        return KernelPayload(
            container: place.container, compression: compression, offset: place.offset, length: place.length)
    }

    private static func unreadable(_ magic: [UInt8]) -> String {
        if magic.starts(with: [0x42, 0x5a, 0x68]) { return "compressed with bzip2" }
        if magic.starts(with: [0x5d, 0x00, 0x00]) { return "compressed with lzma" }
        if magic.starts(with: [0x89, 0x4c, 0x5a, 0x4f]) { return "compressed with lzo" }
        return "in no known format"
    }

    /// The first gzip member in `image` that inflates to a kernel.
    private static func scan(_ image: some RandomAccessBytes) throws(StreamError) -> KernelPayload? {
        let magic = Compression.gzip.magic
        var position: UInt64 = 0
        while position + UInt64(magic.count) <= image.count {
            let length = Int(min(1 << 20, image.count - position))
            let chunk = try image.bytes(at: position, length: length, of: "kernel image")
            for index in 0...chunk.count - magic.count where chunk[index] == magic[0] {
                guard chunk[index...].starts(with: magic) else { continue }
                let offset = position + UInt64(index)
                let candidate = KernelPayload(
                    container: .embedded, compression: .gzip, offset: offset, length: image.count - offset)
                if candidate.holdsKernel(in: image) { return candidate }
            }
            // The next chunk overlaps, for a magic that straddles the border.
            position += UInt64(length - magic.count + 1)
        }
        return nil
    }

    /// True if what stands here inflates to something with a kernel's magic.
    private func holdsKernel(in image: some RandomAccessBytes) -> Bool {
        do throws(StreamError) {
            var inflated = PeekedSource(AnySource(try source(in: image)))
            return KernelImageStart(bytes: try inflated.peek(64)).isPlainKernel
        } catch { return false }
    }
}

/// A source of any kind where one of a known type is asked for.
private struct AnySource: ByteSource {
    private var base: any ByteSource
    init(_ base: any ByteSource) { self.base = base }
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        try base.read(into: buffer)
    }
}
