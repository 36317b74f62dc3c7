internal import CProcess
internal import Glibc
internal import Synchronization

/// Removes files that processes were writing when they were killed.
enum Leftovers {
    private static let swept = Mutex<Set<String>>([])

    /// Sweeps `directory` (with its slash, or empty for the working directory) if this process has not yet.
    static func sweepOnce(_ directory: String) {
        let directory = directory.isEmpty ? "./" : directory
        guard swept.withLock({ $0.insert(directory).inserted }) else { return }
        sweep(directory)
    }

    /// Removes the temporary files in `directory` whose writers are gone. What cannot be read or removed stays: it is
    /// somebody else's, and no reason to fail.
    static func sweep(_ directory: String) {
        guard let directory = opendir(directory) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let isOwn = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                // Looked at before anything is copied: a directory may hold a hundred thousand blobs.
                bytes[0] == UInt8(ascii: ".") && TemporaryName.isOwn(Array(bytes.prefix { $0 != 0 }))
            }
            guard isOwn else { continue }
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { remove($0, in: dirfd(directory)) }
            }
        }
    }

    /// Removes the file `name` unless somebody has locked it. It is removed under the lock, and its maker looks
    /// after locking whether it is still there, so that no file in use goes.
    private static func remove(_ name: UnsafePointer<CChar>, in directory: Int32) {
        let descriptor = openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var (opened, named) = (stat(), stat())
        guard cprocess_lock_file(descriptor, 1) == 0, fstat(descriptor, &opened) == 0,
            opened.st_mode & S_IFMT == S_IFREG, fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0,
            opened.st_dev == named.st_dev, opened.st_ino == named.st_ino
        else { return }
        unlinkat(directory, name, 0)
    }
}
