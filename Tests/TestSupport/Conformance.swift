internal import Foundation

/// The directory of LinuxKit's own outputs, where it is present beside the project.
public enum Conformance {
    /// The project's root, found from this file.
    public static let root: String = {
        var path = #filePath as NSString
        for _ in 0..<3 { path = path.deletingLastPathComponent as NSString }
        return path as String
    }()

    /// `../shared/conformance`.
    public static var directory: String {
        ((root as NSString).deletingLastPathComponent as NSString).appendingPathComponent(
            "shared/conformance")
    }

    public static var isPresent: Bool { FileManager.default.fileExists(atPath: "\(directory)/golden.sha256") }

    /// The lines of a `sha256sum` file as name and digest.
    public static func digests(_ file: String) throws -> [(name: String, digest: String)] {
        let text = try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count == 2 else { return nil }
            return (name: String(fields[1]), digest: String(fields[0]))
        }
    }
}
