/// A value of an option of `run` that can't be used.
public struct RunOptionError: Error, Equatable, Sendable {
    /// The option without dashes: `publish`.
    public let option: String
    public let value: String
    /// What is wrong, and what would be right.
    public let reason: String
}
