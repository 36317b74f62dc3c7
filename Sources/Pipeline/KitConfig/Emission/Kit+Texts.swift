internal import JSON

extension Kit {
    /// The configuration as go-yaml writes LinuxKit's structure.
    public func yaml(_ style: GoYAMLStyle) -> [UInt8] {
        GoYAMLWriter.document(encoded(.yaml(style)), style: style)
    }

    /// The configuration as `json.MarshalIndent` writes LinuxKit's structure.
    public func json() -> [UInt8] { encoded(.json).encoded(.fourSpaces) }

    /// All fields of a configuration, for the documentation.
    public static var fieldSummaries: [FieldSummary] { nestedFields }
}
