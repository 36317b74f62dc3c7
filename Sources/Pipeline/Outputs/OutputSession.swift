public import Assembly
internal import Bytes
internal import Digests
public import FileTree
internal import Host

/// The state shared by the outputs of one run: the assembled image, destinations, and work done once.
///
/// Used from one thread; the formats parallelise inside.
public final class OutputSession {
    public let image: AssembledImage
    public let stamp: BuildStamp
    public let options: Options
    private let layers: any BlobStore

    /// Options for writing the outputs. Paths, `jobs` and the cache do not affect the bytes.
    public struct Options: Sendable {
        /// The directory and base name to which the formats' suffixes are appended.
        public var base: String
        /// The number of parallel workers.
        public var jobs: Int
        /// The directory of the cache of compressed blocks; nil for no cache.
        public var blockCacheDirectory: String?
        /// The architecture of the outputs, as named by `--arch`.
        public var architecture: String
        /// Replace equal files below read-only trees by hard links.
        public var shareEqualFiles = true
        /// Fail, instead of warning, when a format cannot represent something that Linux would see.
        public var strict = false
        /// The size of disks in bytes; nil for as large as needed.
        public var diskSize: UInt64?
        /// The compression of initrds and squashfs; nil for the default of each format.
        public var compression: CompressionRequest?
        /// The compression of squashfs; nil for `compression`.
        public var squashFSCompression: RootCompression?

        public init(base: String, jobs: Int, architecture: String) {
            self.base = base
            self.jobs = jobs
            self.architecture = architecture
        }
    }

    /// The boot files, each loaded when needed.
    let bootFiles: [Firmware: BootFiles]
    /// The path of a streamed output; nil to derive it from `base`.
    let stream: OutputStream?
    private let events: (OutputEvent) -> Void

    private var root: FileTree?
    /// The conflicts already reported, as two formats may resolve the same tree.
    var reportedConflicts: Set<TreeConflict> = []
    /// The initrds by compression, each written once for all formats that contain it.
    private var initrds: [OwnCompression: StagedInitrd] = [:]
    /// The compression of the initrd by the names of the formats for which it is decided and reported.
    var initrdCompressions: [String: OwnCompression] = [:]
    private var configuration: KernelConfiguration??
    /// The smallest limit for an initrd among the formats of the run; nil if none has a limit.
    var initrdRoom: InitrdRoom?
    private var kernel: StagedKernel?
    /// The files written but not committed yet.
    private var staged: [StagedFile] = []
    /// The kernel and command line, which several formats share.
    private var copied: [String: WrittenFile] = [:]
    /// The written contents that outputs refer to.
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
    func onNote(_ text: String) { events(.note(text)) }
    func onDetail(_ text: String) { events(.detail(text)) }
    func onProgress(_ path: String) { events(.writing(path: path)) }

    /// The store of contents: layers, and contents derived from them in this run.
    public var store: any BlobStore { StagedStore(base: layers, written: written) }

    /// The path of the file with `suffix`.
    func path(_ suffix: String) -> String { options.base + suffix }

    /// Writes all formats under temporary names.
    public func stage(_ formats: [OutputFormat]) throws -> StagedOutputs {
        for format in formats { try checkBootFiles(format) }
        try checkLimits(formats)
        var written: [WrittenFile] = []
        for file in try formats.flatMap(write)
        where !written.contains(where: { $0.path == file.path }) {
            written.append(file)
        }
        let files = staged
        staged = []
        return StagedOutputs(files: files, written: written)
    }

    /// Commits `file` together with the others.
    func stage(_ file: StagedFile) { staged.append(file) }

    /// Writes one file: `body` fills the sink and returns it.
    func writeFile(
        _ path: String, body: (consuming DigestingSink<AtomicFile>) throws -> DigestingSink<AtomicFile>
    ) throws -> WrittenFile {
        onProgress(path)
        let sink = try body(DigestingSink(try AtomicFile(path: path)))
        let written = WrittenFile(path: path, size: sink.count, digest: sink.digest)
        stage(StagedFile(sink.finish()))
        return written
    }

    /// The same if `body` overwrites earlier bytes: the file is hashed when it is complete.
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

    /// Writes an image that is already laid out to the file with `suffix`.
    func writeImage(_ image: ExtentMap, _ suffix: String) throws -> WrittenFile {
        try writeFile(path(suffix)) { sink in
            var sink = BufferedSink(sink)
            try image.write(to: &sink, from: store)
            return try sink.finish()
        }
    }

    /// Writes contents unchanged to the file with `suffix`, once per run.
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

    /// The cache of compressed blocks of a form.
    func blockCache(_ form: BlockForm) -> BlockCache? {
        options.blockCacheDirectory.flatMap { BlockCache(directory: $0, form: form) }
    }
}

extension OutputSession {
    /// The root file system to boot, resolved once; equal files are linked if the option is set.
    func rootTree() throws -> FileTree {
        if let root { return root }
        var tree = try resolvedTree()
        if options.shareEqualFiles { tree.shareEqualFiles() }
        root = tree
        return tree
    }

    /// The initrd for `format`.
    func stagedInitrd(for format: OutputFormat) throws -> StagedInitrd {
        let compression = try initrdCompression(format)
        if let initrd = initrds[compression] { return initrd }
        let staged = try StagedInitrd(compression, session: self)
        written[staged.digest] = staged.bytes
        initrds[compression] = staged
        return staged
    }

    /// The kernel's configuration, read once; nil if it is unknown.
    func kernelConfiguration() throws -> KernelConfiguration? {
        if let configuration { return configuration }
        let read = try readKernelConfiguration()
        configuration = .some(read)
        return read
    }

    /// The kernel for boot loaders, decompressed if it is compressed as a whole.
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

/// The layers, and the contents derived from them in this run.
private struct StagedStore: BlobStore {
    let base: any BlobStore
    let written: [SHA256Digest: ReadableFile]

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        if let file = written[digest] { return file }
        return try base.open(digest)
    }
}
