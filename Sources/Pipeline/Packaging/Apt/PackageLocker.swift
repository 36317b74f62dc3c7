internal import Host

/// Brings the lock beside a `build.yml` into step with it.
struct PackageLocker {
    let directory: PackageDirectory
    let store: PackageStore
    let progress: @Sendable (PackageProgress) -> Void

    private var path: String { "\(directory.path)/\(PackageLock.fileName)" }

    /// The lock, with an entry for each of `architectures` that wants Debian packages: what is missing is resolved
    /// and written. One that was made for other packages is refused, unless everything is to be locked `anew`.
    func lock(_ contents: PackageContents, architectures: [String], anew: Bool) throws -> PackageLock {
        var lock = try PackageLock(path: path)
        let before = lock
        for architecture in architectures {
            guard let request = PackageRequest(contents, architecture: architecture) else {
                if anew { lock.remove(architecture: architecture) }
                continue
            }
            if !anew {
                if lock.packages(for: request) != nil { continue }
                guard !lock.has(architecture: architecture) else {
                    throw PackagingError.staleLock(
                        path: path, architecture: architecture, directory: directory.name)
                }
            }
            progress(.locking(suite: request.suite, architecture: architecture))
            let apt = try store.apt(request)
            try store.update(apt)
            lock.set(try AptResolver(apt: apt).resolve(request), for: request)
        }
        return lock == before ? lock : try write(lock, architectures)
    }

    /// Puts what `lock` says of `architectures` into the file, which others may have changed meanwhile for theirs.
    private func write(_ lock: PackageLock, _ architectures: [String]) throws -> PackageLock {
        let turn = try store.writingLocks()
        var current = try PackageLock(path: path)
        current.take(architectures, from: lock)
        try current.write(to: path)
        _ = consume turn
        return current
    }
}
