import Bytes
import Digests
import FileTree
import PartitionTable

enum Disk {
    struct Store: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }

    static func access(_ layout: DiskLayout) -> ExtentAccess { layout.extents.access(from: Store()) }

    static func bytes(_ map: ExtentMap) throws(StreamError) -> [UInt8] {
        var sink = ByteArraySink()
        try map.write(to: &sink, from: Store())
        return sink.bytes
    }

    static func map(_ byte: UInt8, _ count: Int) -> ExtentMap {
        ExtentMap(.bytes(ByteString([UInt8](repeating: byte, count: count))))
    }

    static let volumes = [
        DiskLayout.Volume.efiSystem(map(1, 5000)),
        DiskLayout.Volume(map(2, 1), name: "dätä 💾", minimumSize: 1000),
    ]
}
