internal import Bytes
internal import Digests
internal import Host
internal import JSON

/// `build.lock.json`: the .debs that a package is built from, one list an architecture.
struct PackageLock: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var request: PackageRequest
        /// Sorted by name.
        var packages: [LockedPackage]
    }

    /// Sorted by architecture.
    private(set) var entries: [Entry] = []

    static let fileName = "build.lock.json"
    static let version: Int64 = 1
    private static let sizeLimit = 64 << 20

    init() {}

    /// The lock at `path`; empty if there is none.
    init(path: String) throws {
        guard try FileStatus.of(path) != nil else {
            self.init()
            return
        }
        var source = RangeSource(try ReadableFile(path: path))
        let bytes = try source.readAll(limit: Self.sizeLimit, of: path)
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw PackagingError.invalidLock(path: path, reason: error.description)
        }
        try self.init(value, path: path)
    }

    /// The packages for `request`; nil if the lock was made for another one.
    func packages(for request: PackageRequest) -> [LockedPackage]? {
        entries.first { $0.request == request }?.packages
    }

    func has(architecture: String) -> Bool { entries.contains { $0.request.architecture == architecture } }

    mutating func set(_ packages: [LockedPackage], for request: PackageRequest) {
        remove(architecture: request.architecture)
        let sorted = packages.sorted { ByteString($0.name) < ByteString($1.name) }
        entries.append(Entry(request: request, packages: sorted))
        entries.sort { ByteString($0.request.architecture) < ByteString($1.request.architecture) }
    }

    mutating func remove(architecture: String) {
        entries.removeAll { $0.request.architecture == architecture }
    }

    /// Replaces what this lock says of `architectures` by what `other` says of them, nothing included.
    mutating func take(_ architectures: [String], from other: PackageLock) {
        for architecture in architectures {
            remove(architecture: architecture)
            for entry in other.entries where entry.request.architecture == architecture {
                set(entry.packages, for: entry.request)
            }
        }
    }

    /// Replaces the file at `path`.
    func write(to path: String) throws {
        var file = try AtomicFile(path: path)
        try file.write(encoded())
        try file.commit()
    }
}
