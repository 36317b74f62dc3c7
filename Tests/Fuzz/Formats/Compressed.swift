import Bytes
import Checksums
import Decompression
import Deflate
import Foundation

extension FuzzFormat {
    static let gzip = compressed(.gzip) { [member(.gzip, 3000) + member(.gzip, 40), member(.gzip, 20_000)] }
    static let zlib = compressed(.zlib) { [member(.zlib, 3000), member(.zlib, 20_000)] }
    static let zstd = compressed(.zstd) { CompressedSeeds.zstd }
    static let lz4 = compressed(.lz4) { CompressedSeeds.lz4 }
    static let lz4Legacy = compressed(.lz4Legacy) { CompressedSeeds.lz4Legacy }

    /// With right checksums of the stream header and the first block header, behind which most else lies.
    static let xz = compressed(
        .xz,
        repair: { specimen in
            guard specimen.bytes.count >= 24 else { return }
            let (flags, size) = (6..<8, (Int(specimen.bytes[12]) + 1) * 4)
            let sum = specimen.bytes[flags].withUnsafeBytes { CRC32.checksum($0) }
            specimen.bytes.store(little: sum, at: 8)
            guard specimen.bytes.count >= 12 + size else { return }
            let header = specimen.bytes[12..<12 + size - 4].withUnsafeBytes { CRC32.checksum($0) }
            specimen.bytes.store(little: header, at: 12 + size - 4)
        }
    ) { CompressedSeeds.xz }

    private static func compressed(
        _ compression: Compression, repair: (@Sendable (inout Specimen) -> Void)? = nil,
        seeds: @escaping @Sendable () -> [[UInt8]]
    ) -> FuzzFormat {
        FuzzFormat(
            name: compression.rawValue, seeds: { seeds().map { Specimen($0) } },
            read: { specimen in
                let limit: UInt64 = 4 << 20
                var budget = ReadingBudget()
                defer { budget.free() }
                var source = AnySource(
                    try Decompressor.source(
                        over: RangeSource(specimen), compression: compression, limit: limit,
                        memoryLimit: 80 << 20))
                if let count = try budget.drain(&source), count > limit {
                    throw BrokenPromise("\(count) bytes came, the limit is \(limit)")
                }
            }, repair: repair)
    }

    static func member(_ compression: Compression, _ count: Int) -> [UInt8] {
        SampleTree.words(count).withUnsafeBytes { bytes in
            compression == .zlib
                ? ZlibStream.compress(bytes, with: DeflateEncoder())
                : GzipMember.compress(bytes, with: DeflateEncoder())
        }
    }
}

/// What zstd 1.5.4, xz 5.4.1 and lz4 1.9.4 made of two texts: their encoders may write other bytes in other
/// versions, and then an input would not be known by its number.
private enum CompressedSeeds {
    static let zstd = decode([
        """
        KLUv/WQWAtUCAIJFDxCw6+DbQrxhkaaJTUlqDHQl5uXk4+Lhv9/njYuJh4WDb7tOm5aSjoqGvm6bNYUMEe4C947Dkx\
        yihomHqRUoqBHw9P038OUQEuERYT47nfyF1WpZ0UCqAkLDCgE=
        """, "KLUv/SQOcQAAc2Vjb25kIG1lbWJlcgo5usyy",
    ])

    static let xz = decode([
        """
        /Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AMVAG9dADYaSh8IoCYDTQad+LKKIkUYs3IS1S1x72Wfti/hVx3CTxD+GW\
        /qXJgNnwbYiq8dreVh7rjJv3jF5Fs36gUBzxY7MNrS0lfe7k8hp5DnjrTDu+6UDfjjpGTr6se26jvy8M1h19GQum6h\
        Pet670UuAAAABgDlRWGdC7AAAYsBlgYAALzb5BaxxGf7AgAAAAAEWVo=
        """,
        """
        /Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQANc2Vjb25kIG1lbWJlcgoAAAAtFN8uhdN1OwABJg4IG+AEH7bzfQEAAA\
        AABFla
        """,
    ])

    static let lz4 = decode([
        """
        BCJNGGRApw4AAIBzZWNvbmQgbWVtYmVyCgAAAAALBPfO
        """,
        """
        BCJNGGRAp9MAAADxBGxpbmUgMCBvZiB0aGUgdGV4dAoTAB4xEwAeMhMAHjMTAB40EwAeNRMAHjYTAB43EwAeOBMAHz\
        mrAAAPvwABD8AAAB8xwQAAHzHCAAAfMcMAAB8xxAAAHzHFAAAfMcYAAB8xxwAAHzHIAAAfMsgAAB8yiAEBD8gAAB8y\
        yAAAHzLIAAAfMsgAAB8yyAAAHzLIAAAfMsgAAB8yyAAAHzPIAAAfM8gAAB8zUQIBD8gAAB8zyAAAHzPIAAAfM8gAAB\
        8zyAAAHzPIAAAVM8gAUHRleHQKAAAAAA76Ygg=
        """,
    ])

    static let lz4Legacy = decode([
        """
        AiFMGNMAAADxBGxpbmUgMCBvZiB0aGUgdGV4dAoTAB4xEwAeMhMAHjMTAB40EwAeNRMAHjYTAB43EwAeOBMAHzmrAA\
        APvwABD8AAAB8xwQAAHzHCAAAfMcMAAB8xxAAAHzHFAAAfMcYAAB8xxwAAHzHIAAAfMsgAAB8yiAEBD8gAAB8yyAAA\
        HzLIAAAfMsgAAB8yyAAAHzLIAAAfMsgAAB8yyAAAHzPIAAAfM8gAAB8zUQIBD8gAAB8zyAAAHzPIAAAfM8gAAB8zyA\
        AAHzPIAAAVM8gAUHRleHQK
        """, "AiFMGA8AAADgc2Vjb25kIG1lbWJlcgo=",
    ])

    private static func decode(_ texts: [String]) -> [[UInt8]] {
        texts.map { Array(Data(base64Encoded: $0) ?? Data()) }
    }
}
