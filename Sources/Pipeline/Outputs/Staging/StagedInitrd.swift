internal import Assembly
internal import Bytes
internal import Cpio
internal import Digests
internal import FileTree
internal import Host

/// An initrd of a run. It is written once under a temporary name, read by every format that contains it, and
/// renamed by the format that has it as a separate file.
final class StagedInitrd {
    /// The size in bytes.
    let size: UInt64
    let digest: SHA256Digest
    /// Remains readable when the file is renamed or removed.
    let bytes: ReadableFile
    let file: StagedFile

    init(_ compression: OwnCompression, session: OutputSession) throws {
        session.onProgress(session.path(Self.suffix))
        let tree = try session.rootTree()
        let losses = CpioLoss.losses(of: tree).flatMap { loss in
            loss.attributes.map { Loss(DroppedAttribute(path: loss.path, name: $0), store: "an initrd") }
        }
        try session.report(losses, format: "initrd")
        let sink = try Self.write(tree, compression, session)
        size = sink.count
        digest = sink.digest
        let file = sink.finish()
        bytes = try file.reader()
        self.file = StagedFile(file)
    }

    /// Writes the initrd, up to the size limit.
    private static func write(
        _ tree: FileTree, _ compression: OwnCompression, _ session: OutputSession
    ) throws -> DigestingSink<AtomicFile> {
        let room = session.initrdRoom
        let file = DigestingSink(try AtomicFile(path: session.path(suffix)))
        do {
            return try InitrdWriter.write(
                tree, microcode: session.image.bootParts.microcode, from: session.store,
                compression: compression, to: CappedSink(file, limit: room?.limit ?? .max),
                jobs: session.options.jobs, cache: compression.initrdForm.flatMap(session.blockCache)
            ).finish()
        } catch StreamError.limitExceeded(CappedSink<DigestingSink<AtomicFile>>.what, _) {
            guard let room else { throw StreamError.limitExceeded(what: suffix, limit: .max) }
            throw OutputError.initrdTooLarge(
                format: room.format, limit: room.limit, reason: room.reason,
                alternatives: OutputFormats.withRoot(for: session.options.architecture))
        }
    }

    /// The reference to it in the session's store.
    var contents: FileContents {
        .blob(digest: digest, offset: 0, length: size, contentDigest: digest)
    }

    static let suffix = "-initrd.img"
}

extension OwnCompression {
    /// The form of an initrd's blocks in the cache; nil if they are not cached.
    fileprivate var initrdForm: BlockForm? {
        switch self {
        case .gzip: .deflate
        case .zstd: .zstandard
        case .none: nil
        }
    }
}
