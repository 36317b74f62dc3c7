public import Bytes

/// One entry of `files`.
public struct FileConfig: Hashable, Sendable {
    public var path = ""
    public var directory = false
    public var symlink = ""
    /// The text; `nil` if not given. An empty text makes an empty file.
    public var contents: ByteString?
    /// The path of a file on the build machine; `~/` is the user's home directory.
    public var source = ""
    /// The format, `yaml` or `json`, in which to write the configuration itself.
    public var metadata = ""
    /// Whether to skip the file if `source` is missing.
    public var optional = false
    public var mode: FileModeText = ""
    public var uid: IDReference?
    public var gid: IDReference?
    public var locations = FieldLocations()

    public init() {}

    /// The path of `source`, with `~/` replaced by `home`.
    public func sourcePath(home: String) -> String {
        source.hasPrefix("~/") ? home + source.dropFirst() : source
    }

    /// The permissions; by default 0600, or 0700 for a directory.
    public var permissions: UInt16 { mode.permissions ?? (directory ? 0o700 : 0o600) }
}

extension FileConfig: ConfigRecord {
    static let fields: [Field<FileConfig>] = [
        Field(
            "path", \.path, .always, required: true, "Path in the image; a leading `/` makes no difference."),
        Field("directory", \.directory, .always, "Whether to create a directory."),
        Field("symlink", \.symlink, "Target of the symbolic link to create."),
        Field("contents", \.contents, "The file's text."),
        Field("source", \.source, "File to copy; `~/` is the home directory."),
        Field("metadata", \.metadata, "Write this configuration as `yaml` or `json`.", check: Rules.metadata),
        Field("optional", \.optional, .always, "Whether to skip the file if `source` is missing."),
        Field("mode", \.mode, "Permissions, octal; `0600` by default, `0700` for a directory."),
        Field("uid", \.uid, "Owner: a number or the name of a container."),
        Field("gid", \.gid, "Group: a number or the name of a container."),
    ]

    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext) {
        self.locations = locations
        guard let here = locations.record else { return }
        if locations.fields["path"] != nil, let reason = Rules.filePath(path) {
            context.report(reason, at: locations["path"] ?? here)
        }
        let kinds = [
            (directory, "directory"), (!symlink.isEmpty, "symlink"),
            (locations.fields["contents"] != nil, "contents"),
            (!source.isEmpty, "source"), (!metadata.isEmpty, "metadata"),
        ].filter(\.0).map(\.1)
        if kinds.isEmpty {
            context.report(
                "the kind of file is missing: add one of contents, source, symlink, directory, metadata",
                at: here)
        } else if kinds.count > 1 {
            context.report("\(kinds.joined(separator: " and ")) cannot be used together", at: here)
        }
        if !directory, !kinds.isEmpty, path.hasSuffix("/") || path.hasSuffix("/.") {
            context.report(
                "only the path of a directory can end in a slash", at: locations["path"] ?? here)
        }
        if optional, source.isEmpty, !kinds.isEmpty {
            context.note("\"optional\" has no effect without \"source\"", at: locations["optional"] ?? here)
        }
    }
}
