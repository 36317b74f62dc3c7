import Bytes
import FileTree

/// A reader that finds a tree, or what a test makes of it.
struct TreeReader: FileSystemReader {
    typealias Failure = StreamError

    let tree: FileTree
    let store: any BlobStore
    /// Changes what is found; nil hides a file.
    var change: (FoundFile) -> FoundFile? = { $0 }

    func walk(_ body: (FoundFile, FileContents) throws(StreamError) -> Void) throws(StreamError) {
        for entry in tree {
            let found = FoundFile(
                path: entry.path, kind: entry.node.kind, metadata: entry.node.metadata,
                size: entry.node.contents.count, fileNumber: UInt64(entry.nodeIndex) + 100)
            if let found = change(found) { try body(found, entry.node.contents) }
        }
    }

    func contents(of file: FileContents) throws(StreamError) -> any ByteSource { try store.source(file) }
}
