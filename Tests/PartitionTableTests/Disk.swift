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

    static func gpt() throws(PartitionTableError) -> DiskLayout {
        try DiskLayout.gpt(volumes, size: 8 << 20, stamp: BuildStamp())
    }

    /// The second partition is active.
    static func mbr() throws(PartitionTableError) -> DiskLayout {
        var volumes = volumes
        volumes[1].isActive = true
        return try DiskLayout.mbr(volumes, stamp: BuildStamp())
    }

    /// A GPT and an MBR that both show a part of an image.
    static func hybrid() throws(PartitionTableError) -> DiskLayout {
        var image = ExtentMap()
        image.append(zeros: 32768)
        image.append(map(5, 100_000))
        let windows = [DiskLayout.Window(32768..<65536, type: .efiSystem, name: "ESP")]
        return try DiskLayout.hybrid(image, windows: windows, stamp: BuildStamp()) { _ in
            [
                MBRPartition(type: 0xEE, firstSector: 1, sectorCount: 63),
                MBRPartition(type: 0xEF, firstSector: 64, sectorCount: 64, isActive: true),
            ]
        }
    }
}
