internal import Assembly
internal import Bytes
internal import Digests
internal import FileTree
internal import Host

/// The initrd of a run: written once under a temporary name, then read by every format that carries it,
/// and given its place by the one that has it as a file of its own.
final class StagedInitrd {
    /// Bytes.
    let size: UInt64
    let digest: SHA256Digest
    /// Stays readable wherever the file goes.
    let bytes: ReadableFile
    let file: StagedFile

    init(session: OutputSession) throws {
        session.onProgress(session.path(Self.suffix))
        let tree = try session.rootTree()
        try session.report(Loss.inInitrd(of: tree), format: "an initrd")
        var sink = DigestingSink(try AtomicFile(path: session.path(Self.suffix)))
        sink = try InitrdWriter.write(
            tree, microcode: session.image.bootParts.microcode, from: session.store, to: sink,
            jobs: session.options.jobs,
            cache: session.blockCache(form: "deflate"))
        size = sink.count
        digest = sink.digest
        let file = sink.finish()
        bytes = try file.reader()
        self.file = StagedFile(file)
    }

    /// What refers to it in the session's store.
    var contents: FileContents {
        .blob(digest: digest, offset: 0, length: size, contentDigest: digest)
    }

    static let suffix = "-initrd.img"
}
