public import KitConfig

/// The reason why no runtime configuration can be written for a container.
public enum SpecificationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The image's label is not a valid configuration.
    case label(KitProblems)
    /// A setting of the kit or of the label is invalid.
    case setting(container: String, field: String, reason: String, location: SourceLocation?)

    public var description: String {
        switch self {
        case .label(let problems): problems.description
        case .setting(let container, let field, let reason, let location):
            "\(location.map { "\($0): " } ?? "")container \"\(container)\", \(field): \(reason)"
        }
    }
}
