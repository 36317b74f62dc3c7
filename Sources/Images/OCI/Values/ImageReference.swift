public import Digests

/// The name of an image, expanded as LinuxKit does: `redis` is `docker.io/library/redis`, `foo/bar` is
/// `docker.io/foo/bar` unless `foo` is a registry: has a dot or a colon in it, or is `localhost`.
/// Names of three parts and more have their registry already.
///
/// The grammar is that of the OCI distribution specification ("Pulling manifests").
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// Registry and repository, without tag and digest: `docker.io/library/redis`.
    public let repository: String
    public let tag: String?
    public let digest: SHA256Digest?

    /// Parses and expands `text`.
    public init(_ text: String) throws(ImageError) {
        var rest = Substring(text)
        var digest: SHA256Digest?
        if let at = rest.firstIndex(of: "@") {
            guard let parsed = SHA256Digest(oci: rest[rest.index(after: at)...]) else {
                throw .invalidReference(text, reason: "the digest must be sha256: and 64 hexadecimal digits")
            }
            digest = parsed
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if let tag, !Self.isTag(tag) {
            throw .invalidReference(
                text, reason: "the tag is up to 128 letters, digits, underscores, dots and dashes")
        }
        let (host, path) = Self.expand(rest)
        guard Self.isHost(host), path.count <= 255,
            path.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy(Self.isPathComponent)
        else {
            throw .invalidReference(
                text, reason: "the name is lower-case letters and digits, in parts between slashes")
        }
        repository = "\(host)/\(path)"
        self.tag = tag
        self.digest = digest
    }

    /// The registry's host, with its port if it has one: `docker.io`, `localhost:5000`.
    public var registry: String { String(repository.prefix { $0 != "/" }) }

    /// The repository inside its registry: `library/redis`.
    public var path: String { String(repository.dropFirst(registry.count + 1)) }

    private init(repository: String, tag: String?, digest: SHA256Digest?) {
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// What has `digest` in the same repository.
    public func at(_ digest: SHA256Digest) -> ImageReference {
        ImageReference(repository: repository, tag: nil, digest: digest)
    }

    /// What `tag` names in the same repository; nil if the specification knows no such tag.
    public func tagged(_ tag: String) -> ImageReference? {
        Self.isTag(tag) ? ImageReference(repository: repository, tag: tag, digest: nil) : nil
    }

    /// The same with the tag `latest` if it has neither tag nor digest, as registries read it.
    public var withDefaultTag: ImageReference {
        tag == nil && digest == nil
            ? ImageReference(repository: repository, tag: "latest", digest: nil) : self
    }

    /// The expanded name, with tag and digest as they were given.
    public var description: String { named + (digest.map { "@\($0.oci)" } ?? "") }

    /// The names for this image in an `org.opencontainers.image.ref.name` annotation, first choice
    /// first. LinuxKit writes the expanded name with the tag as the YAML has it; other tools spell out `latest`.
    var layoutNames: [String] {
        var names = [description]
        if digest != nil { names.append(named) }
        if tag == nil { names.append("\(repository):latest") }
        if tag == "latest" { names.append(repository) }
        if repository.hasPrefix("docker.io/"), repository.count(where: { $0 == "/" }) == 1 {
            // Docker spells `docker.io/redis` out, LinuxKit leaves it alone.
            names += names.map { "docker.io/library/" + $0.dropFirst("docker.io/".count) }
        }
        if repository.hasPrefix("docker.io/library/") {
            names += names.map { "docker.io/" + $0.dropFirst("docker.io/library/".count) }
        }
        // crane calls Docker's registry by the name that it has as a server.
        for (host, other) in [("docker.io/", "index.docker.io/"), ("index.docker.io/", "docker.io/")]
        where repository.hasPrefix(host) { names += names.map { other + $0.dropFirst(host.count) } }
        return names
    }

    private var named: String { repository + (tag.map { ":\($0)" } ?? "") }

    private static func expand(_ name: Substring) -> (host: Substring, path: Substring) {
        guard let slash = name.firstIndex(of: "/") else { return ("docker.io", "library/" + name) }
        let first = name[..<slash]
        let rest = name[name.index(after: slash)...]
        let isHost = first == "localhost" || first.contains { $0 == "." || $0 == ":" }
        return isHost || rest.contains("/") ? (first, rest) : ("docker.io", name)
    }

    private static func isTag(_ tag: String) -> Bool {
        (1...128).contains(tag.utf8.count) && tag.utf8.first.map(isWord) == true
            && tag.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isHost(_ host: Substring) -> Bool {
        host.utf8.first.map { isAlphanumeric($0) || $0 == UInt8(ascii: "[") } == true
            && host.utf8.allSatisfy { isAlphanumeric($0) || ".-:[]".utf8.contains($0) }
    }

    private static func isPathComponent(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, let last = part.utf8.last else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
            && part.utf8.allSatisfy { isLowerAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerAlphanumeric(byte | 0x20) }

    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
}
