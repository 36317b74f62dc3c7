/// What is wrong with a part of a policy: a pattern, a key's file.
public struct PolicyReason: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
