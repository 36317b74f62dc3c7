import Bytes
import TestSupport
import Testing
import VHD

/// Images that lie: each is refused, or read in bounded time and memory.
@Suite struct VHDHostileTests {
    private static func refusal(_ change: (inout RawVHD) -> Void) -> VHDError? {
        var image = RawVHD.sample
        change(&image)
        do throws(VHDError) {
            _ = try VHDImage(ByteArrayAccess(image.bytes))
            return nil
        } catch { return error }
    }

    @Test("The image made by hand is fine; sectors whose bit is not set are zeros, whatever stands there")
    func sample() throws {
        let image = try VHDImage(ByteArrayAccess(RawVHD.sample.bytes))
        let bytes = try Disks.bytes(image)
        let noise = Disks.noise(1024)
        #expect(Array(bytes[..<1024]) == noise)
        #expect(bytes[1024..<7680].allSatisfy { $0 == 0 })
        #expect(Array(bytes[7680...]) == Array(noise[512...]))
        #expect(try image.bytes(at: 7600, length: 200, of: "disk") == Array(bytes[7600..<7800]))
        #expect(image.nextData(at: 0)?.upperBound == 1024)
        #expect(image.nextData(at: 1024)?.lowerBound == 7168)
        #expect(image.nextData(at: 8192) == nil && image.nextData(at: .max) == nil)
    }

    @Test("An image cut anywhere is not opened")
    func truncated() {
        let bytes = RawVHD.sample.bytes
        for length in 0..<bytes.count {
            #expect(throws: VHDError.noFooter) {
                try VHDImage(ByteArrayAccess(Array(bytes.prefix(length))))
            }
        }
    }

    @Test("Footer and header that say what cannot be are refused by field")
    func fields() {
        let end = UInt64(RawVHD.sample.bytes.count - 512)
        #expect(Self.refusal { _ in } == nil)
        #expect(
            Self.refusal { $0.breaksChecksum = true } == .checksumMismatch(structure: "footer", offset: end))
        #expect(
            Self.refusal { $0.version = 0x0002_0000 }
                == .invalidField(field: "file format version", offset: end))
        for type: UInt32 in [0, 4, 5] {
            #expect(Self.refusal { $0.diskType = type } == .unsupported(diskType: type))
        }
        for offset: UInt64 in [end, 1 << 60, .max] {
            #expect(
                Self.refusal { $0.dataOffset = offset } == .invalidField(field: "data offset", offset: end))
        }
        #expect(
            Self.refusal { $0.dataOffset = 512 } == .invalidField(field: "dynamic disk header", offset: 512))
        for size: UInt32 in [0, 256, 1000, 1 << 31] {
            #expect(
                Self.refusal { $0.blockSize = size } == .invalidField(field: "block size", offset: 0))
        }
        for offset: UInt64 in [end, 1 << 60, .max] {
            #expect(
                Self.refusal { $0.tableOffset = offset } == .invalidField(field: "table offset", offset: 0))
        }
        let entries = VHDError.invalidField(field: "max table entries", offset: 0)
        #expect(Self.refusal { $0.maxTableEntries = 7 } == entries)
        #expect(Self.refusal { $0.currentSize = .max } == entries)
        let huge: (inout RawVHD) -> Void = {
            $0.currentSize = 1 << 41
            $0.maxTableEntries = .max
        }
        #expect(Self.refusal(huge) == entries)
        let fixed = VHDError.invalidField(field: "current size", offset: end)
        #expect(
            Self.refusal {
                $0.diskType = 2
                $0.currentSize = end + 1
            } == fixed)
    }

    @Test("Blocks outside the image, over its footer or over each other are refused")
    func table() {
        let error = VHDError.invalidField(field: "block allocation table", offset: 1024)
        for sector: UInt32 in [3, 4, 5, 7, 8, 9, 1000, .max - 1] {
            #expect(Self.refusal { $0.table[7] = sector } == error, "\(sector)")
        }
    }
}
