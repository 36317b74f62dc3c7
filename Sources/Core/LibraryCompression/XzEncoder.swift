internal import CLzma

/// .xz streams of one block through liblzma: LZMA2, CRC-32. It serves one thread at a time.
public final class XzEncoder {
    /// The default of `xz` itself.
    public static let defaultPreset: UInt32 = 6

    /// LZMA_FILTER_LZMA2 and LZMA_VLI_UNKNOWN, macros that do not come over from C.
    private static let lzma2: lzma_vli = 0x21
    private static let lastFilter = lzma_vli.max

    private let preset: UInt32
    private let dictionarySize: UInt32

    /// - Parameters:
    ///   - preset: 0 to 9; others are taken for the nearest.
    ///   - dictionarySize: bytes that a decoder must hold, 4 KiB to 1.5 GiB. Linux reads squashfs blocks with
    ///     the size of a data block.
    public init(preset: UInt32 = defaultPreset, dictionarySize: Int) {
        self.preset = min(preset, 9)
        self.dictionarySize = UInt32(clamping: min(max(dictionarySize, 4096), 1536 << 20))
    }

    /// The stream for `input`; nil if it is not smaller.
    public func compress(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        var options = lzma_options_lzma()
        guard lzma_lzma_preset(&options, preset) == 0 else { return nil }
        options.dict_size = dictionarySize
        var size = 0
        let output = [UInt8](unsafeUninitializedCapacity: input.count) { output, count in
            let code = withUnsafeMutablePointer(to: &options) { options in
                var filters = [
                    lzma_filter(id: Self.lzma2, options: options),
                    lzma_filter(id: Self.lastFilter, options: nil),
                ]
                return lzma_stream_buffer_encode(
                    &filters, LZMA_CHECK_CRC32, nil, input.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    input.count, output.baseAddress, &size, output.count)
            }
            count = code == LZMA_OK ? size : 0
        }
        return output.isEmpty || output.count >= input.count ? nil : output
    }
}
