public import Assembly
internal import Host

/// The complete files of a build under temporary names; removed unless they are committed.
public struct StagedOutputs: ~Copyable {
    private let files: [StagedFile]
    private let written: [WrittenFile]

    init(files: [StagedFile], written: [WrittenFile]) {
        self.files = files
        self.written = written
    }

    /// Renames all files to their final names. Their inputs must be verified and unchanged.
    public consuming func commit(_: VerifiedImages, _: UnchangedSources) throws -> [WrittenFile] {
        let files = files
        try PendingFiles.uninterrupted { for file in files { try file.commit() } }
        return written
    }
}

/// The path of an output that is streamed while it is written. Its inputs must be verified first.
public struct OutputStream: Sendable {
    /// `-` for standard output.
    public let path: String

    public init(path: String, _: VerifiedImages) { self.path = path }
}

/// An event while outputs are written.
public enum OutputEvent: Sendable {
    case writing(path: String)
    /// A choice that was made from the inputs.
    case note(String)
    /// Something that a format cannot represent or that may not work.
    case warning(String)
    /// One of the items that a warning summarizes.
    case detail(String)
}
