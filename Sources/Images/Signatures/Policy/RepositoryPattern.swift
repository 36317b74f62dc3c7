internal import OCI

/// The repositories that a rule is for: one (`docker.io/linuxkit/kernel`), all below a path
/// (`docker.io/linuxkit/*`, `localhost:5000/*`), or all (`*`).
public struct RepositoryPattern: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: Hashable, Sendable {
        case everything
        /// A host, or host and path, without the slash and star.
        case below(String)
        case exactly(String)
    }

    private let kind: Kind

    /// Every repository.
    public static let everything = Self(kind: .everything)

    private init(kind: Kind) { self.kind = kind }

    /// Reads a pattern; the error says what is wrong with it.
    public init(_ text: String) throws(PolicyReason) {
        if text == "*" {
            self = .everything
            return
        }
        let isPrefix = text.hasSuffix("/*")
        let name = isPrefix ? String(text.dropLast(2)) : text
        let host = name.prefix { $0 != "/" }
        guard !name.contains("*") else {
            throw PolicyReason("a star is only valid alone or after the last slash")
        }
        guard host == "localhost" || host.contains(".") || host.contains(":") else {
            throw PolicyReason("the registry is missing; write e.g. docker.io/\(text)")
        }
        guard isPrefix || name.contains("/") else {
            throw PolicyReason("the repository is missing; to match all of a registry, write \(text)/*")
        }
        // A host alone is a good beginning, but no repository: any path makes it one.
        let repository = isPrefix ? "\(name)/x" : name
        let reference: ImageReference
        do throws(ImageError) { reference = try ImageReference(repository) } catch {
            throw PolicyReason("malformed repository name")
        }
        guard reference.tag == nil, reference.digest == nil else {
            throw PolicyReason("rules are for repositories, without tag and digest")
        }
        guard reference.repository == repository else {
            throw PolicyReason("it is not the full name of a repository: \(reference.repository) is")
        }
        if isPrefix {
            let path = name.dropFirst(host.count)
            kind = .below(RepositoryName.canonicalHost(host) + path)
        } else {
            kind = .exactly(RepositoryName(repository: repository).description)
        }
    }

    /// How narrow the pattern is, if it is for the repository: the larger the narrower. Nil if it is not.
    func narrowness(for name: RepositoryName) -> Int? {
        switch kind {
        case .everything: 0
        case .below(let prefix):
            name.description.utf8.starts(with: "\(prefix)/".utf8) ? prefix.utf8.count : nil
        case .exactly(let other): name.description == other ? .max : nil
        }
    }

    public var description: String {
        switch kind {
        case .everything: "*"
        case .below(let prefix): "\(prefix)/*"
        case .exactly(let name): name
        }
    }
}
