import Bytes
import Digests
import FileTree
import TestSupport
import Testing
import VMDK

/// Images that lie: each is refused, or read in bounded time and memory.
@Suite struct VMDKHostileTests {
    private struct Layout {
        var bytes: [UInt8]
        /// Where footer, grain directory and grain table start.
        let footer: Int
        let directory: Int
        let table: Int
    }

    /// Two grains with data and one without.
    private static let sample: Layout? = {
        var disk = [UInt8](repeating: 0, count: 3 * 65_536 - 512)
        disk.store(Array("first".utf8), at: 0)
        disk.store(Array("last".utf8), at: 190_000)
        let bytes = try? VMDK.write(
            ByteArrayAccess(disk), identity: SHA256Digest(hashing: "disk"), stamp: BuildStamp(), jobs: 1,
            to: ByteArraySink()
        ).bytes
        guard let bytes else { return nil }
        let footer = bytes.count - 1024
        let directory = Int(bytes.little(UInt64.self, at: footer + 56) ?? 0) * 512
        let table = Int(bytes.little(UInt32.self, at: directory) ?? 0) * 512
        return Layout(bytes: bytes, footer: footer, directory: directory, table: table)
    }()

    /// Why the image is not opened.
    private static func refusal(_ change: (inout Layout) -> Void) throws -> VMDKError? {
        var layout = try #require(sample)
        change(&layout)
        do throws(VMDKError) {
            _ = try VMDKImage(ByteArrayAccess(layout.bytes))
            return nil
        } catch { return error }
    }

    /// Why the disk is not read.
    private static func failure(_ change: (inout Layout) -> Void) throws -> StreamError? {
        var layout = try #require(sample)
        change(&layout)
        let image = try VMDKImage(ByteArrayAccess(layout.bytes))
        do throws(StreamError) {
            _ = try Disks.bytes(image)
            return nil
        } catch { return error }
    }

    @Test("An image cut anywhere is not opened")
    func truncated() throws {
        let bytes = try #require(Self.sample).bytes
        let lengths = Array(stride(from: 0, to: bytes.count, by: 1021)) + (bytes.count - 2000..<bytes.count)
        for length in lengths {
            #expect(throws: VMDKError.self, "\(length) bytes") {
                try VMDKImage(ByteArrayAccess(Array(bytes.prefix(length))))
            }
        }
    }

    @Test("Header and footer that say what cannot be are refused by field")
    func header() throws {
        #expect(try Self.refusal { _ in } == nil)
        #expect(try Self.refusal { $0.bytes[0] = 0 } == .badMagic)
        #expect(try Self.refusal { $0.bytes[4] = 4 } == .unsupportedVersion(4))
        let grains = VMDKError.invalidField(field: "grainSize", offset: 0)
        for size: UInt64 in [0, 1, 127, 16_384, .max] {
            #expect(try Self.refusal { $0.bytes.store(little: size, at: 20) } == grains)
        }
        let tables = VMDKError.invalidField(field: "numGTEsPerGT", offset: 0)
        for count: UInt32 in [0, 513, .max] {
            #expect(try Self.refusal { $0.bytes.store(little: count, at: 44) } == tables)
        }
        #expect(
            try Self.refusal { $0.bytes[77] = 2 } == .invalidField(field: "compressAlgorithm", offset: 0))
        guard case .invalidField(let field, 0) = try Self.refusal({ $0.bytes[75] = 10 }) else {
            Issue.record("newlines that a transfer changed are taken")
            return
        }
        #expect(field.hasPrefix("newline"))
        let place = VMDKError.invalidField(field: "descriptorOffset", offset: 0)
        #expect(try Self.refusal { $0.bytes.store(little: UInt64.max, at: 28) } == place)
        #expect(try Self.refusal { $0.bytes.store(little: UInt64.max, at: 36) } == place)
        let layout = try #require(Self.sample)
        let footer = UInt64(layout.footer)
        #expect(
            try Self.refusal { $0.bytes[$0.footer] = 0 } == .invalidField(field: "footer", offset: footer))
        #expect(
            try Self.refusal { $0.bytes.store(little: UInt64.max, at: $0.footer + 12) }
                == .invalidField(field: "capacity", offset: footer))
        let directory = VMDKError.invalidField(field: "gdOffset", offset: 0)
        for offset: UInt64 in [1 << 40, .max - 1, footer / 512 + 2] {
            #expect(
                try Self.refusal { $0.bytes.store(little: offset, at: $0.footer + 56) } == directory)
        }
        #expect(
            try Self.refusal { $0.bytes.store(little: UInt64.max, at: $0.footer + 56) }
                == .invalidField(field: "gdOffset", offset: footer))
        // More tables than 64 MiB of directory, which are not in the image either.
        #expect(
            try Self.refusal { $0.bytes.store(little: UInt64(1) << 53, at: $0.footer + 12) } == directory)
    }

    @Test("Grain tables outside the image or in one place twice are refused")
    func directory() throws {
        let place = UInt64(try #require(Self.sample).directory)
        let error = VMDKError.invalidField(field: "grain directory", offset: place)
        for sector: UInt32 in [1 << 30, .max] {
            #expect(
                try Self.refusal { $0.bytes.store(little: sector, at: $0.directory) } == error)
        }
        let twice = try Self.refusal {
            $0.bytes.store(little: UInt64(131_072), at: $0.footer + 12)
            let table = Array($0.bytes[$0.directory..<$0.directory + 4])
            $0.bytes.store(table, at: $0.directory + 4)
        }
        #expect(twice == error)
    }

    @Test("Grains outside the image, of another place, size or content are errors")
    func grains() throws {
        #expect(try Self.failure { _ in } == nil)
        for sector: UInt32 in [1, 128 + 1, 1 << 30, .max] {
            #expect(
                try Self.failure { $0.bytes.store(little: sector, at: $0.table) } != nil, "\(sector)")
        }
        // The first grain, read in the place of the second too.
        #expect(try Self.failure { $0.bytes.store(little: UInt32(128), at: $0.table + 4) } != nil)
        let grain = 65_536
        for size: UInt32 in [0, 1, 131_073, .max] {
            #expect(try Self.failure { $0.bytes.store(little: size, at: grain + 8) } != nil, "\(size)")
        }
        for byte in [12, 14, 20] {
            #expect(try Self.failure { $0.bytes[grain + byte] ^= 0xFF } != nil, "byte \(byte)")
        }
    }
}
