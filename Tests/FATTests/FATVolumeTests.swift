import Bytes
import FAT
import FileTree
import Testing

@Suite struct FATVolumeTests {
    @Test("Every name and content comes back from our own reader", arguments: FATType.allCases)
    func roundTrip(_ type: FATType) throws {
        let volume = try FATVolume(files: Volume.samples, options: Volume.options(type: type))
        #expect(volume.type == type)
        let bytes = try Volume.bytes(volume)
        let found = try Volume.read(bytes)
        #expect(found.map(\.0.path) == found.map(\.0.path).sorted())
        for file in Volume.samples {
            let (entry, contents) = try #require(found.first { $0.0.path == file.path }, "\(file.path)")
            #expect(ExtentMap(.bytes(ByteString(contents))).identity == file.contents.identity)
            #expect(entry.metadata.modified == Timestamp(seconds: 1_500_000_000))
            guard entry.size > 0 else { continue }
            let offset = Int(try #require(volume.offset(of: file.path)))
            #expect(offset % 2048 == 0)
            #expect(bytes[offset..<offset + contents.count].elementsEqual(contents))
        }
    }
}
