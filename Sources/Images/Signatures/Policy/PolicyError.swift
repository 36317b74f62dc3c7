/// What is wrong with a policy file.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    /// The field, as `rules[1].keys[0]`, or line and column, as `3:14`; empty for the whole file.
    public let place: String
    public let reason: String

    public init(file: String, place: String, reason: String) {
        self.file = file
        self.place = place
        self.reason = reason
    }

    public var description: String {
        let separator = place.first?.isNumber == true ? ":" : ": "
        return place.isEmpty ? "\(file): \(reason)" : "\(file)\(separator)\(place): \(reason)"
    }
}
