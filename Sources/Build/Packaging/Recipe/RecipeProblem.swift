/// A place in a text file, for people: both numbers start at 1.
public struct SourcePosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let file: String
    public let line: Int
    public let column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// One thing that is wrong in a `build.yml`.
public struct RecipeProblem: Hashable, Sendable, CustomStringConvertible {
    public let position: SourcePosition
    public let message: String

    public var description: String { "\(position): \(message)" }
}
