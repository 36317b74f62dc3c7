import Bytes
import Digests
import FAT
import FileTree
import Foundation
import Host
import PartitionTable
import QCOW2
import TestSupport
import Testing

/// The example of Docs/formats/README.md, as it stands there.
@Suite struct FormatsExampleTests {
    private struct NoBlobs: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }

    @Test func theExampleWritesADisk() throws {
        let directory = try TemporaryDirectory()
        let contents = FileContents.bytes("a program")
        let store = NoBlobs()

        let stamp = BuildStamp(epoch: 1_492_533_000)
        let program = FATFile(
            path: "EFI/BOOT/BOOTX64.EFI", contents: ExtentMap(contents), modified: stamp.time)
        let volume = try FATVolume(files: [program], options: FATOptions(label: "EFI", stamp: stamp))
        let disk = try DiskLayout.gpt([.efiSystem(volume.extents)], size: 64 << 20, stamp: stamp)
        let image = try QCOW2.write(
            disk.extents.access(from: store), to: try AtomicFile(path: "\(directory.path)/disk.qcow2"))
        try image.commit()

        let reread = try QCOW2Image(try ReadableFile(path: "\(directory.path)/disk.qcow2"))
        #expect(reread.count == 64 << 20)
    }
}
