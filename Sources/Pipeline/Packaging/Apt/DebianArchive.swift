internal import Bytes
internal import Digests
internal import Host

/// Gives the .debs that a lock names: from the cache, else fetched by apt and verified.
struct DebianArchive {
    let store: PackageStore
    let progress: @Sendable (PackageProgress) -> Void

    /// Paths of the .debs of `packages`, in order; each has the digest that the lock has.
    /// - Parameters:
    ///   - package: the package directory, for messages.
    ///   - apt: called only if something must be fetched.
    func fetch(
        _ packages: [LockedPackage], for package: String, apt: () throws -> AptEnvironment
    ) throws -> [String] {
        try Directory.create(store.debs)
        let missing = try packages.filter { try !isPresent($0) }
        if !missing.isEmpty {
            progress(.fetching(count: missing.count, bytes: missing.reduce(0) { $0 &+ $1.size }))
            try download(missing, for: package, apt: try apt())
        }
        return packages.map(path)
    }

    private func path(_ package: LockedPackage) -> String { "\(store.debs)/\(package.digest.hex).deb" }

    /// True if the file is there and is what its name says; one that is not is removed.
    private func isPresent(_ package: LockedPackage) throws -> Bool {
        let path = path(package)
        guard try FileStatus.of(path)?.kind == .regular else { return false }
        if try SHA256Digest(hashingFile: path) == package.digest { return true }
        try Directory.remove(path)
        return false
    }

    private func download(_ packages: [LockedPackage], for directory: String, apt: AptEnvironment) throws {
        if try !unlisted(packages, apt).isEmpty {
            try store.update(apt)
            if let gone = try unlisted(packages, apt).first {
                // The same version with other contents is not a matter of time.
                if let other = try listed([gone], apt).first(where: { $0.version == gone.version }) {
                    throw PackagingError.digestMismatch(
                        name: gone.name, version: gone.version, expected: gone.digest, found: other.digest,
                        directory: directory)
                }
                throw PackagingError.packageGone(name: gone.name, version: gone.version, directory: directory)
            }
        }
        let temporary = apt.downloads
        try Directory.create(temporary)
        defer { try? Directory.remove(temporary) }
        let result = try apt.attempt(
            "apt-get", ["-qq", "download"] + packages.map(\.specification), in: temporary)
        let names = try Directory.names(temporary)
        for package in packages {
            let prefix = ByteString("\(package.name)_")
            guard let name = names.first(where: { $0.hasPrefix(prefix) && $0.hasSuffix(".deb") }) else {
                throw Self.failure(package, AptEnvironment.errors(result.errorText), directory)
            }
            try adopt("\(temporary)/\(name.text)", as: package, for: directory)
        }
    }

    private static func failure(_ package: LockedPackage, _ message: String, _ directory: String)
        -> PackagingError
    {
        message.contains("404")
            ? .packageGone(name: package.name, version: package.version, directory: directory)
            : .tool(doing: "fetching \(package.specification)", message: message)
    }

    /// Those that the lists do not have with the digest of the lock.
    private func unlisted(_ packages: [LockedPackage], _ apt: AptEnvironment) throws -> [LockedPackage] {
        let listed = Set(try listed(packages, apt).map(\.digest))
        return packages.filter { !listed.contains($0.digest) }
    }

    /// What the lists have of the versions that the lock names.
    private func listed(_ packages: [LockedPackage], _ apt: AptEnvironment) throws -> [LockedPackage] {
        let text = try apt.attempt("apt-cache", ["show"] + packages.map(\.specification)).outputText
        return ControlParagraph.parse(text).compactMap { LockedPackage($0) }
    }

    private func adopt(_ file: String, as package: LockedPackage, for directory: String) throws {
        let digest = try SHA256Digest(hashingFile: file)
        guard digest == package.digest else {
            throw PackagingError.digestMismatch(
                name: package.name, version: package.version, expected: package.digest, found: digest,
                directory: directory)
        }
        try Directory.rename(file, to: path(package))
    }
}
