internal import CZstd

/// zstd frames (RFC 8878) through libzstd, with the content's size and without a checksum. It serves one thread
/// at a time.
public final class ZstdEncoder {
    /// The default of mksquashfs.
    public static let defaultLevel: Int32 = 15

    private let level: Int32
    private let context: OpaquePointer?

    /// `level` is 1 to 22; others are taken for the nearest.
    public init(level: Int32 = defaultLevel) {
        self.level = min(max(level, 1), 22)
        context = ZSTD_createCCtx()
    }

    deinit { ZSTD_freeCCtx(context) }

    /// The frame for `input`; nil if it is not smaller.
    public func compress(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        let output = [UInt8](unsafeUninitializedCapacity: input.count) { output, count in
            let size = ZSTD_compressCCtx(
                context, output.baseAddress, output.count, input.baseAddress, input.count, level)
            count = ZSTD_isError(size) == 0 ? size : 0
        }
        return output.isEmpty || output.count >= input.count ? nil : output
    }
}
