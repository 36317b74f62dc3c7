/// Why shared outputs are not what they should be.
public struct SharingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The artifact, as the user knows it.
    public let reference: String
    public let reason: String

    public init(reference: String, reason: String) {
        self.reference = reference
        self.reason = reason
    }

    public var description: String { "\(reference): \(reason)" }
}
