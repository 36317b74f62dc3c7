/// One format under fire: where inputs come from and what is to survive them. Adding one is a file in
/// `Formats` and a line in `FuzzFormat.all`.
struct FuzzFormat: Sendable {
    /// What `--format` takes.
    let name: String
    /// Small inputs that the reader accepts, the same in every process.
    let seeds: @Sendable () throws -> [Specimen]
    /// Reads everything that there is in an input. Whatever it throws but `BrokenPromise` is a refusal, and fine.
    let read: @Sendable (Specimen) throws -> Void
    /// Puts right what would have a reader refuse a changed input at once: checksums above all.
    var repair: (@Sendable (inout Specimen) -> Void)?
}

/// A reader accepted an input and then did not keep what it promises.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension FuzzFormat {
    /// Every reader of bytes that come from elsewhere.
    static let all: [FuzzFormat] = [
        .tar, .cpio, .gzip, .zlib, .zstd, .xz, .lz4, .lz4Legacy, .kernelPayload, .json, .imageDocuments,
        .signatures, .imagePolicy, .kit,
        .partitionTable, .iso9660, .squashfs, .fat, .erofs, .qcow2, .vhd, .vmdk, .uImage,
        .efiProgram, .efiStub, .kernelImage,
    ]

    /// Readers with every kind of mistake, to see that the hunt finds them.
    static let mishaps: [FuzzFormat] = [
        .mishapTrap, .mishapLoop, .mishapHoard, .mishapRecursion, .mishapPromise, .mishapSeed,
    ]

    static func named(_ name: String) -> FuzzFormat? { (all + mishaps).first { $0.name == name } }
}
