/// All output formats, in the order of the help.
public enum OutputFormats {
    public static let all = archives + kernelsAndRoots + cds + disks + boards

    /// Identifies the bytes that all formats write: the beginning of the SHA-256 of the golden digests, updated with
    /// them. Builders that share outputs use it to decide whether they would write the same bytes.
    public static let identity = "c57200c3c35d9d6e"

    /// The formats for `architecture` that contain the root file system itself, for advice in messages: "a, b or c".
    static func withRoot(for architecture: String) -> String {
        let names = all.filter { $0.content == .root && $0.architectures.contains(architecture) }.map(\.name)
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    /// The suffix of a file that both formats would write with different bytes; nil if both can be written
    /// in one run. Kernel and command line are identical in all formats that have them.
    public static func clash(_ one: OutputFormat, _ other: OutputFormat) -> String? {
        one.suffixes.first { other.suffixes.contains($0) && !common.contains($0) }
    }

    private static let common = ["-kernel", "-cmdline"]

    public static func named(_ name: String) -> OutputFormat? { all.first { $0.name == name } }

    /// The formats of these names.
    public static func formats(_ names: [String]) throws(UnknownFormat) -> [OutputFormat] {
        var formats: [OutputFormat] = []
        for name in names {
            guard let format = named(name) else { throw UnknownFormat(name: name) }
            formats.append(format)
        }
        return formats
    }
}

/// The name of a format that does not exist.
public struct UnknownFormat: Error, CustomStringConvertible {
    public let name: String

    public var description: String {
        "unknown format \"\(name)\"; valid formats: \(OutputFormats.all.map(\.name).joined(separator: ", "))"
    }
}
