public import Digests
public import OCI

/// What the names in a configuration stand for, so that later builds use the same.
public struct ImageLock: Hashable, Sendable {
    /// SHA-256 of the configuration for which the lock was made, merged and with names expanded.
    public var configuration: SHA256Digest
    /// SHA-256 of the configuration files that were fetched, by URL.
    public var files: [String: SHA256Digest] = [:]
    /// The images by their expanded names: those of the configuration, of packages and with boot files.
    public var images: [ImageReference: ImagePin] = [:]

    public init(configuration: SHA256Digest) { self.configuration = configuration }
}

/// Why a build does not match its lock.
public enum LockError: Error, Equatable, Sendable {
    /// The lock does not have these images.
    case imagesNotLocked([ImageReference])
    /// The lock does not have the file.
    case fileNotLocked(url: String)
    /// The file is not the one that was locked.
    case fileChanged(url: String, locked: SHA256Digest, found: SHA256Digest)
    /// The lock was made for another configuration, and a current one is required.
    case configurationChanged
}

extension ImageLock {
    /// Checks a configuration file that was fetched.
    func check(_ text: [UInt8], from url: String) throws(LockError) {
        guard let locked = files[url] else { throw .fileNotLocked(url: url) }
        let found = SHA256Digest(hashing: text)
        guard found == locked else { throw .fileChanged(url: url, locked: locked, found: found) }
    }

    /// Checks that everything that a build needs is locked.
    func check(_ references: [ImageReference]) throws(LockError) {
        var missing: [ImageReference] = []
        for reference in references where images[reference] == nil && !missing.contains(reference) {
            missing.append(reference)
        }
        guard missing.isEmpty else { throw .imagesNotLocked(missing) }
    }
}
