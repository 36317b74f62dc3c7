/// One kind of output: what it is called, what it writes, how it is checked.
///
/// Help, the check for clashing file names, documentation and the tests over all formats
/// are generated from `OutputFormats.all`.
public struct OutputFormat: Sendable {
    /// What `--format` takes.
    public let name: String
    /// One line for the help.
    public let summary: String
    /// What follows the base name, one for each file, in the order in which they are listed.
    public let suffixes: [String]
    /// True if the output is one stream that can go to standard output.
    public let isStreamed: Bool
    /// Tools of other projects that can read the output: the tests ask them.
    public let oracles: [String]
    /// Writes the files, whole or not at all.
    package let write: @Sendable (OutputSession) throws -> [WrittenFile]

    package init(
        name: String, summary: String, suffixes: [String], isStreamed: Bool = false, oracles: [String],
        write: @escaping @Sendable (OutputSession) throws -> [WrittenFile]
    ) {
        self.name = name
        self.summary = summary
        self.suffixes = suffixes
        self.isStreamed = isStreamed
        self.oracles = oracles
        self.write = write
    }
}

/// Every output format, in the order of the help.
public enum OutputFormats {
    public static let all: [OutputFormat] = [
        .tar, .docker, .kernelInitrd, .tarKernelInitrd,
    ]

    public static func named(_ name: String) -> OutputFormat? { all.first { $0.name == name } }
}
