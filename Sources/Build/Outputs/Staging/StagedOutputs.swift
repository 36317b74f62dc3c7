public import Assembly
internal import Host

/// The complete files of a build under their temporary names; gone unless they are committed.
public struct StagedOutputs: ~Copyable {
    private let files: [StagedFile]
    private let written: [WrittenFile]

    init(files: [StagedFile], written: [WrittenFile]) {
        self.files = files
        self.written = written
    }

    /// Lets all files appear. What they were made from must be verified, and must not have changed meanwhile.
    public consuming func commit(_: VerifiedImages, _: UnchangedSources) throws -> [WrittenFile] {
        let files = files
        try PendingFiles.uninterrupted { for file in files { try file.commit() } }
        return written
    }
}

/// The path of an output that is shown while it is written: everything it is made from is verified before.
public struct OutputStream: Sendable {
    /// `-` for standard output.
    public let path: String

    public init(path: String, _: VerifiedImages) { self.path = path }
}

/// What happens while outputs are written.
public enum OutputEvent: Sendable {
    case writing(path: String)
    /// What a format cannot hold, and what may not work.
    case warning(String)
    /// One of what a warning sums up.
    case detail(String)
}
