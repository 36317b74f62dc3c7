/// Constraints on field values beyond their type. Each returns why a value is invalid, or `nil`.
enum Rules {
    /// The name becomes a directory in the image.
    static func containerName(_ name: String) -> String? {
        if name.isEmpty { return "a name must not be empty" }
        if name == "." || name == ".." || name.contains("/") || name.contains("\0") {
            return "\(ConfigNode.quote(name)) cannot be used as a directory name"
        }
        return nil
    }

    static func imageName(_ image: ImageName) -> String? {
        image.isEmpty ? "an image name must not be empty" : nil
    }

    static func volumeName(_ name: String) -> String? {
        if name.isEmpty { return "a name must not be empty" }
        let allowed = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2D
        }
        return allowed ? nil : "invalid volume name \(ConfigNode.quote(name)): use only a-z, 0-9, _ and -"
    }

    static func volumeFormat(_ format: String) -> String? {
        if ["", "filesystem", "oci"].contains(format) { return nil }
        return "unsupported format \(ConfigNode.quote(format)): use \"filesystem\" or \"oci\""
    }

    static func filePath(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        if parts.isEmpty { return "a path must not be empty" }
        if parts.contains("..") { return "\(ConfigNode.quote(path)) must not contain \"..\"" }
        return path.contains("\0") ? "a path must not contain a NUL" : nil
    }

    static func metadata(_ kind: String) -> String? {
        if ["", "yaml", "json"].contains(kind) { return nil }
        return "unsupported metadata \(ConfigNode.quote(kind)): use \"yaml\" or \"json\""
    }

    static func capability(_ name: String) -> String? {
        if Capability.isKnown(name) || ["all", "none"].contains(name.lowercased()) { return nil }
        let upper = name.uppercased()
        let full = upper.hasPrefix("CAP_") ? upper : "CAP_" + upper
        if Capability.isKnown(full) {
            return "unknown capability \(ConfigNode.quote(name)), did you mean \"\(full)\"?"
        }
        guard let nearest = NearestKey.find(name, among: Capability.all) else {
            return "unknown capability \(ConfigNode.quote(name))"
        }
        return "unknown capability \(ConfigNode.quote(name)), did you mean \"\(nearest)\"?"
    }

    static func bind(_ text: String) -> String? {
        failure { () throws(RuleViolation) in _ = try Bind(parsing: text) }
    }

    static func tmpfs(_ text: String) -> String? {
        failure { () throws(RuleViolation) in _ = try TmpfsMount(parsing: text) }
    }

    static func rlimit(_ text: String) -> String? {
        failure { () throws(RuleViolation) in _ = try ResourceLimit(parsing: text) }
    }

    private static func failure(_ parse: () throws(RuleViolation) -> Void) -> String? {
        do throws(RuleViolation) {
            try parse()
            return nil
        } catch {
            return error.description
        }
    }
}

/// The reason why a compact text such as a bind mount is invalid.
public struct RuleViolation: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
