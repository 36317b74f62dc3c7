internal import Bytes
internal import Host

/// A complete file under its temporary name; gone with the last reference unless `commit` gives it its own.
final class StagedFile {
    private var file: AtomicFile?

    init(_ file: consuming AtomicFile) { self.file = consume file }

    /// Makes it appear; nothing if it has already.
    func commit() throws(StreamError) {
        guard let file = file.take() else { return }
        try file.commit()
    }
}
