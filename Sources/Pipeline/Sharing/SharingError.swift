/// An error of shared or published outputs.
public struct SharingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The artifact's reference, as the user wrote it.
    public let reference: String
    public let reason: String

    public init(reference: String, reason: String) {
        self.reference = reference
        self.reason = reason
    }

    public var description: String { "\(reference): \(reason)" }
}
