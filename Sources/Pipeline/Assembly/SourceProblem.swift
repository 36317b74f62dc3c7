public import Bytes

/// The reason why a `source` of a kit's `files` cannot be used.
public enum SourceProblem: Error, Sendable {
    /// The path does not exist, or is a symbolic link to the missing `danglingLink`.
    case missing(danglingLink: ByteString?)
    case directory
    /// An endless device.
    case endless
    /// Standard input, from which the configuration was already read.
    case standardInput
    case unreadable(StreamError)

    /// What failed, why, and what to do about it.
    func message(source: String) -> String {
        switch self {
        case .missing(nil):
            "source \(source) not found; correct the path, or add optional: true if it may be missing"
        case .missing(let target?):
            "source \(source) is a symbolic link to \(target), which does not exist; correct the link, or add "
                + "optional: true if it may be missing"
        case .directory:
            "source \(source) is a directory; name the files in it one by one, or put it into an image"
        case .endless: "source \(source) is a device that never ends; use a file"
        case .standardInput:
            "source \(source) is standard input, which the configuration was read from; pass the configuration "
                + "as a file"
        case .unreadable(let reason): "\(reason)"
        }
    }
}
