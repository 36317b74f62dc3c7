internal import Bytes
internal import Host

/// A complete file under a temporary name; removed with the last reference unless it is committed.
final class StagedFile {
    private var file: AtomicFile?

    init(_ file: consuming AtomicFile) { self.file = consume file }

    /// Renames it to its final name; does nothing if that is already done.
    func commit() throws(StreamError) {
        guard let file = file.take() else { return }
        try file.commit()
    }
}
