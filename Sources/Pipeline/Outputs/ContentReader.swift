internal import Bytes
internal import FileTree

/// Random access to the bytes that contents refer to.
struct ContentReader: RandomAccessBytes {
    private let access: ExtentAccess

    init(_ contents: FileContents, from store: any BlobStore) {
        access = ExtentMap(contents).access(from: store)
    }

    var count: UInt64 { access.count }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        try access.read(at: offset, into: buffer)
    }
}
