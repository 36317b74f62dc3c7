internal import Bytes
internal import Digests
internal import FileTree

extension CorpusMaker {
    mutating func addSizes() throws {
        let sizes = [
            0, 1, 2, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 4097, 8191, 8192, 8193,
            65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 262_144, 300_001, 1 << 20,
        ]
        for size in sizes {
            try file(ByteString("sizes/noise-\(size)"), Noise.bytes(seed: UInt64(size), count: size))
            try file(ByteString("sizes/text-\(size)"), Noise.text(seed: UInt64(size), count: size))
        }
        // Made by ourselves, and empty in both of the ways in which a file can be.
        try file("sizes/empty-bytes", .bytes(""))
        try file("sizes/few-bytes", .bytes("few"))
    }

    mutating func addSparseFiles() throws {
        let whole: UInt64 = 3 << 20
        let cases: [(name: String, count: UInt64, islands: [Range<UInt64>])] = [
            ("head", whole, [0..<5000]), ("tail", whole, [whole - 5000..<whole]),
            ("middle", whole, [1 << 20..<(1 << 20) + 4096]), ("end", whole + 1, [whole..<whole + 1]),
            ("both", whole, [0..<70_000, whole - 70_000..<whole]), ("zero", whole, []),
            ("zero-5000", 5000, []), ("zero-131072", 131_072, []), ("zero-4096", 4096, []),
            ("ragged", 1_000_003, [511..<4097, 131_071..<131_074, 700_000..<900_001]),
        ]
        for item in cases {
            try file(
                ByteString("sparse/\(item.name)"),
                store.add(MadeBytes(count: item.count, islands: item.islands)))
        }
    }

    mutating func addEqualFiles() throws {
        let large = Noise.bytes(seed: 77, count: 200_000)
        let small = Noise.text(seed: 77, count: 300)
        for index in 0..<4 {
            // At other places of the blob: equal by digest alone.
            try file(ByteString("equal/large-\(index)"), large, isShareable: true)
            try file(ByteString("equal/small-\(index)"), small, isShareable: true)
            try file(ByteString("equal/private-\(index)"), large)
            // Equal but for the mode: contents to be shared, files not.
            try file(
                ByteString("equal/mode-\(index)"), large, Self.metadata(0o600 + UInt16(index)),
                isShareable: true)
        }
        // Equal up to a block's end only, and equal tails with other heads.
        try file("equal/prefix", Array(large.prefix(131_072)))
        try file("equal/other-end", Array(large.dropLast()) + [large[0] ^ 1])
        try file("equal/other-head", [large[0] ^ 1] + Array(large.dropFirst()))
    }

    mutating func addLargeFile() throws {
        let gibibytes: UInt64 = 4 << 30
        let islands: [Range<UInt64>] = [0..<100_000, gibibytes - 70_000..<gibibytes + 5]
        // Computed once from the bytes: a test that is not run by default does it again.
        let digest = SHA256Digest(hex: HostileCorpus.largeFileDigest)
        try file(
            "large/over-4GiB",
            store.add(MadeBytes(count: gibibytes + 5, islands: islands), contentDigest: digest))
    }
}

extension HostileCorpus {
    /// SHA-256 of `large/over-4GiB`.
    static let largeFileDigest = "1976037664be9d984ade33ff04cd33525c999ae09cf4c99d391c7d3ba05af7b1"
}
