import Bytes
import QCOW2
import TestSupport
import Testing

/// Images that lie: each is refused, or read in bounded time and memory.
@Suite struct QCOW2HostileTests {
    private static func open(_ change: (inout RawQCOW2) -> Void) throws(QCOW2Error) -> QCOW2Image {
        var image = RawQCOW2.sample
        change(&image)
        return try QCOW2Image(ByteArrayAccess(image.bytes))
    }

    /// Why the image is not opened.
    private static func refusal(_ change: (inout RawQCOW2) -> Void) -> QCOW2Error? {
        do throws(QCOW2Error) {
            _ = try open(change)
            return nil
        } catch { return error }
    }

    /// Why the disk is not read.
    private static func failure(_ change: (inout RawQCOW2) -> Void) throws -> StreamError? {
        let image = try open(change)
        do throws(StreamError) {
            _ = try Disks.bytes(image)
            return nil
        } catch { return error }
    }

    @Test("The image made by hand is fine, and what is not allocated is zeros")
    func sample() throws {
        let image = try Self.open { _ in }
        let bytes = try Disks.bytes(image)
        #expect(Array(bytes.prefix(512)) + bytes.suffix(512) == Disks.noise(1024))
        #expect(bytes[512..<127 * 512].allSatisfy { $0 == 0 })
        #expect(image.nextData(at: 0)?.upperBound == 512)
        #expect(image.nextData(at: 512)?.lowerBound == 127 * 512)
        #expect(image.nextData(at: 128 * 512) == nil)
        #expect(image.nextData(at: .max) == nil)
    }

    @Test("An image cut anywhere is not read as whole")
    func truncated() throws {
        let bytes = RawQCOW2.sample.bytes
        for length in 0..<bytes.count {
            let isWhole: Bool
            do {
                _ = try Disks.bytes(QCOW2Image(ByteArrayAccess(Array(bytes.prefix(length)))))
                isWhole = true
            } catch { isWhole = false }
            #expect(!isWhole, "\(length) bytes")
        }
    }

    @Test("A header that says what cannot be is refused by field")
    func header() {
        #expect(Self.refusal { $0.version = 4 } == .unsupportedVersion(4))
        let clusters = QCOW2Error.invalidField(field: "cluster_bits", offset: 20)
        #expect(Self.refusal { $0.clusterBits = 8 } == clusters)
        #expect(Self.refusal { $0.clusterBits = .max } == clusters)
        #expect(Self.refusal { $0.size = .max } == .invalidField(field: "size", offset: 24))
        let l1Size = QCOW2Error.invalidField(field: "l1_size", offset: 36)
        #expect(Self.refusal { $0.size = 1 << 62 } == l1Size)
        #expect(Self.refusal { $0.l1Size = 1 } == l1Size)
        // Entries that the disk does not need are not read.
        #expect(Self.refusal { $0.l1Size = .max } == nil)
        let offset = QCOW2Error.invalidField(field: "l1_table_offset", offset: 40)
        for value: UInt64 in [513, 1 << 40, .max, .max - 511] {
            #expect(Self.refusal { $0.l1Offset = value } == offset)
        }
        let length = QCOW2Error.invalidField(field: "header_length", offset: 100)
        for value: UInt32 in [0, 103, 105, .max] {
            #expect(Self.refusal { $0.headerLength = value } == length)
        }
    }

    @Test("What the image needs beyond itself is refused by name")
    func features() {
        #expect(Self.refusal { $0.backingFile = 200 } == .unsupported(feature: "a backing file"))
        #expect(Self.refusal { $0.encryption = 2 } == .unsupported(feature: "decryption"))
        #expect(Self.refusal { $0.incompatible = 1 } == nil)
        for bit in 1..<64 where bit != 3 {
            guard case .unsupported = Self.refusal({ $0.incompatible = 1 << UInt64(bit) }) else {
                Issue.record("bit \(bit) is taken")
                continue
            }
        }
        let type = QCOW2Error.invalidField(field: "compression_type", offset: 104)
        #expect(Self.refusal { $0.incompatible = 8 } == type)
        let named: (inout RawQCOW2) -> Void = {
            $0.incompatible = 8
            $0.headerLength = 112
            $0.compressionType = 2
        }
        #expect(Self.refusal(named) == type)
    }

    @Test("L2 tables outside the image, across its end or in one place twice are refused")
    func l1() {
        let error = QCOW2Error.invalidField(field: "L1 table", offset: 512)
        for value: UInt64 in [1 << 40, 3072, 1 << 55, 1024] {
            #expect(Self.refusal { $0.l1[1] = value } == error, "\(value)")
        }
    }

    @Test("Tables that lead to themselves end in an error or in garbage, never in a loop")
    func loops() throws {
        for offset: UInt64 in [0, 512, 1536] {
            let image = try Self.open { $0.l1 = [offset, 1024] }
            var position: UInt64 = 0
            var steps = 0
            while let range = image.nextData(at: position), steps < 1000 {
                #expect(range.lowerBound >= position && range.upperBound > range.lowerBound)
                position = range.upperBound
                steps += 1
            }
            #expect(steps < 1000)
            _ = try? Disks.bytes(image)
        }
    }

    @Test("Clusters outside the image are corrupt, those across its end an unexpected end")
    func clusters() throws {
        for value: UInt64 in [1 << 40, 3072, 1 << 55, 0x00FF_FFFF_FFFF_FE00] {
            let failure = try Self.failure { $0.l2[3] = value }
            guard case .corrupt = failure else {
                Issue.record("\(value): \(String(describing: failure))")
                continue
            }
        }
        let cut = try Self.failure { $0.clusters.removeLast() }
        #expect(cut == .unexpectedEnd(of: "the qcow2 image", offset: 3071))
    }

    @Test("Compressed clusters outside the image, of garbage or of too little are errors")
    func compressed() throws {
        // 61 bits of offset and 1 of further sectors, for clusters of 512 bytes.
        for value: UInt64 in [1 << 40, 3072, 2048, 2559, 1 << 61 | 2048] {
            #expect(try Self.failure { $0.l2[3] = 1 << 62 | value } != nil, "\(value)")
        }
        // An empty block of the fixed code: a stream of no bytes.
        let short = try Self.failure {
            $0.l2[3] = 1 << 62 | RawQCOW2.firstCluster
            $0.clusters.replaceSubrange(0..<2, with: [0x03, 0x00])
        }
        #expect(
            short
                == .corrupt(
                    what: "the qcow2 image", offset: 2048, reason: "a compressed cluster is too short"))
    }
}
