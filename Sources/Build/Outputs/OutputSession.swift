public import Assembly
internal import Bytes
internal import Digests
public import FileTree
internal import Host

/// What the outputs of one run share: the assembled image, where files go, and work done once.
///
/// Used from one thread; the formats parallelise inside.
public final class OutputSession {
    public let image: AssembledImage
    public let stamp: BuildStamp
    public let options: Options
    private let layers: any BlobStore

    /// How the outputs are to be written. Neither the paths, nor `jobs`, nor the cache reach their bytes.
    public struct Options: Sendable {
        /// Folder and base name that the formats' suffixes are appended to.
        public var base: String
        /// Workers for what can be done in parallel.
        public var jobs: Int
        /// Where compressed blocks are kept for the next build; nil to keep none.
        public var blockCacheFolder: String?
        /// What the outputs are for, as `--arch` names it.
        public var architecture: String
        /// Make hard links of equal files below read-only trees.
        public var shareEqualFiles = true
        /// Fail, instead of warning, when a format cannot represent something that Linux would see.
        public var strict = false
        /// Bytes that disks are to have; nil to have them as large as needed.
        public var diskSize: UInt64?
        /// How squashfs is compressed.
        public var squashFSCompression = RootCompression.gzip

        public init(base: String, jobs: Int, architecture: String) {
            self.base = base
            self.jobs = jobs
            self.architecture = architecture
        }
    }

    /// The programs that start the kernel, each to be loaded when it is needed.
    let bootFiles: [Firmware: BootFiles]
    /// Where a streamed output goes; nil to derive its path from `base`.
    let stream: OutputStream?
    private let events: (OutputEvent) -> Void

    private var root: FileTree?
    /// What could not be merged and has been reported: two formats may resolve the same tree.
    var reportedConflicts: Set<TreeConflict> = []
    private var initrd: StagedInitrd?
    /// The least room that the formats of the run have for an initrd; nil if none of them has a limit.
    var initrdRoom: InitrdRoom?
    private var kernel: StagedKernel?
    /// What has been written and is not in its place yet.
    private var staged: [StagedFile] = []
    /// Kernel and command line, which several formats have.
    private var copied: [String: WrittenFile] = [:]
    /// What has been written and outputs refer to.
    private var written: [SHA256Digest: ReadableFile] = [:]

    public init(
        image: AssembledImage, store: any BlobStore, stamp: BuildStamp, options: Options,
        bootFiles: [Firmware: BootFiles] = [:], stream: OutputStream? = nil,
        events: @escaping (OutputEvent) -> Void = { _ in }
    ) {
        self.image = image
        layers = store
        self.stamp = stamp
        self.options = options
        self.bootFiles = bootFiles
        self.stream = stream
        self.events = events
    }

    func onWarning(_ text: String) { events(.warning(text)) }
    func onDetail(_ text: String) { events(.detail(text)) }
    func onProgress(_ path: String) { events(.writing(path: path)) }

    /// What contents refer to: layers, and what this run made out of them.
    public var store: any BlobStore { StagedStore(base: layers, written: written) }

    /// The path of the file with `suffix`.
    func path(_ suffix: String) -> String { options.base + suffix }

    /// Writes every format under temporary names.
    public func stage(_ formats: [OutputFormat]) throws -> StagedOutputs {
        for format in formats { try checkBootFiles(format) }
        try checkLimits(formats)
        var written: [WrittenFile] = []
        for file in try formats.flatMap({ try $0.write(self, $0) })
        where !written.contains(where: { $0.path == file.path }) {
            written.append(file)
        }
        let files = staged
        staged = []
        return StagedOutputs(files: files, written: written)
    }

    /// Lets `file` appear with the others.
    func stage(_ file: StagedFile) { staged.append(file) }

    /// Writes one file: `body` fills the sink and gives it back.
    func writeFile(
        _ path: String, body: (consuming DigestingSink<AtomicFile>) throws -> DigestingSink<AtomicFile>
    ) throws -> WrittenFile {
        onProgress(path)
        let sink = try body(DigestingSink(try AtomicFile(path: path)))
        let written = WrittenFile(path: path, size: sink.count, digest: sink.digest)
        stage(StagedFile(sink.finish()))
        return written
    }

    /// The same where `body` comes back to bytes that it wrote before: the file is hashed when it is complete.
    func writeFileOutOfOrder(
        _ path: String, body: (consuming AtomicFile) throws -> AtomicFile
    ) throws -> WrittenFile {
        onProgress(path)
        let file = try body(try AtomicFile(path: path))
        let reader = try file.reader()
        var hasher = SHA256Hasher()
        var source = RangeSource(reader)
        try source.copy(to: &hasher)
        stage(StagedFile(file))
        return WrittenFile(path: path, size: reader.count, digest: hasher.finalize())
    }

    /// Writes an image that is laid out already to the file with `suffix`.
    func writeImage(_ image: ExtentMap, _ suffix: String) throws -> WrittenFile {
        try writeFile(path(suffix)) { sink in
            var sink = BufferedSink(sink)
            try image.write(to: &sink, from: store)
            return try sink.finish()
        }
    }

    /// Writes contents as they are to the file with `suffix`, once a run.
    func writeContents(_ contents: FileContents, _ suffix: String) throws -> WrittenFile {
        if let file = copied[suffix] { return file }
        let file = try writeFile(path(suffix)) { sink in
            var sink = sink
            try store.copy(contents, to: &sink)
            return sink
        }
        copied[suffix] = file
        return file
    }

    /// Where compressed blocks of a form are kept for the next build.
    func blockCache(form: String) -> BlockCache? {
        options.blockCacheFolder.flatMap { BlockCache(folder: $0, form: form) }
    }
}

extension OutputSession {
    /// The root file system that boots, resolved once; equal files are one where that was asked for.
    func rootTree() throws -> FileTree {
        if let root { return root }
        var tree = try resolvedTree()
        if options.shareEqualFiles { tree.shareEqualFiles() }
        root = tree
        return tree
    }

    /// The initrd, written once however many formats want it.
    func stagedInitrd() throws -> StagedInitrd {
        if let initrd { return initrd }
        let staged = try StagedInitrd(session: self)
        written[staged.digest] = staged.bytes
        initrd = staged
        return staged
    }

    /// The kernel as a boot loader starts it: inflated where it is a compressed file as a whole.
    func stagedKernel(format: String) throws -> FileContents {
        if let kernel { return kernel.contents }
        guard let contents = image.bootParts.kernel, contents.count > 0 else {
            throw OutputError.noKernel(format: format)
        }
        let staged = try StagedKernel(contents, session: self)
        if let bytes = staged.bytes { written[staged.contents.contentDigest] = bytes }
        kernel = staged
        return staged.contents
    }
}

/// The layers, and what the run made out of them.
private struct StagedStore: BlobStore {
    let base: any BlobStore
    let written: [SHA256Digest: ReadableFile]

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        if let file = written[digest] { return file }
        return try base.open(digest)
    }
}
