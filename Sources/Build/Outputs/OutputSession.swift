public import Assembly
internal import Digests
public import FileTree
internal import Host

/// What the outputs of one run share: the assembled image, where files go, and work done once.
///
/// Used from one thread; the formats parallelise inside.
public final class OutputSession {
    public let image: AssembledImage
    public let store: any BlobStore
    public let stamp: BuildStamp
    public let options: Options

    /// How the outputs are to be written. None but `shareEqualFiles` and `strict` may reach their bytes.
    public struct Options: Sendable {
        /// Folder and base name that the formats' suffixes are appended to.
        public var base: String
        /// The path of a streamed output, `-` for standard output; nil to derive it from `base`.
        public var outputPath: String?
        /// Workers for what can be done in parallel.
        public var jobs: Int
        /// Where compressed blocks are kept for the next build; nil to keep none.
        public var blockCacheFolder: String?
        /// Make hard links of equal files below read-only trees.
        public var shareEqualFiles = true
        /// Make errors of what a format would lose.
        public var strict = false

        public init(base: String, outputPath: String? = nil, jobs: Int) {
            self.base = base
            self.outputPath = outputPath
            self.jobs = jobs
        }
    }

    private var initrd: StagedInitrd?
    /// What has been written and is not in its place yet.
    private var staged: [StagedFile] = []

    /// Told what is lost, and which file is being written.
    public var onWarning: (String) -> Void = { _ in }
    public var onProgress: (String) -> Void = { _ in }

    public init(image: AssembledImage, store: any BlobStore, stamp: BuildStamp, options: Options) {
        self.image = image
        self.store = store
        self.stamp = stamp
        self.options = options
    }

    /// The path of the file with `suffix`.
    func path(_ suffix: String) -> String { options.base + suffix }

    /// Writes every format; the files appear when all of them are complete, so that a failure leaves none.
    public func write(_ formats: [OutputFormat]) throws -> [WrittenFile] {
        let written = try formats.flatMap { try $0.write(self) }
        try PendingFiles.uninterrupted { for file in staged { try file.commit() } }
        staged = []
        return written
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

    /// Warns of `losses`, or refuses them when asked to be strict.
    func report(_ losses: [Loss], format: String) throws {
        guard !losses.isEmpty else { return }
        if options.strict { throw OutputError.losses(format: format, losses) }
        for loss in losses { onWarning("\(format): \(loss)") }
    }
}

extension OutputSession {
    /// The initrd, written once however many formats want it.
    func stagedInitrd() throws -> StagedInitrd {
        if let initrd { return initrd }
        let staged = try StagedInitrd(session: self)
        initrd = staged
        return staged
    }
}

/// Something that a format cannot hold.
public struct Loss: Sendable, CustomStringConvertible {
    public var path: String
    public var what: String

    public var description: String { "/\(path): \(what)" }
}

/// Why an output could not be written.
public enum OutputError: Error, Sendable, CustomStringConvertible {
    /// `--strict`, and the format would lose something.
    case losses(format: String, [Loss])
    /// The kit has no kernel, and the format needs one.
    case noKernel(format: String)

    public var description: String {
        switch self {
        case .losses(let format, let losses):
            "\(format) cannot hold \(losses.count) attributes, and --strict was given: "
                + losses.map(\.description).joined(separator: "; ")
        case .noKernel(let format):
            "\(format) needs a kernel, and the configuration has none; add a kernel section or use --format tar"
        }
    }
}
