import Bytes
import Digests
import FileTree
import Testing
import UImage

struct Blobs: BlobStore {
    var blobs: [SHA256Digest: [UInt8]] = [:]

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        guard let bytes = blobs[digest] else { throw .unexpectedEnd(of: "blob \(digest)", offset: 0) }
        return ByteArrayAccess(bytes)
    }

    mutating func add(_ bytes: [UInt8]) -> ExtentMap {
        let digest = SHA256Digest(hashing: bytes)
        blobs[digest] = bytes
        return ExtentMap(
            .blob(digest: digest, offset: 0, length: UInt64(bytes.count), contentDigest: digest))
    }
}

func bytes(of map: ExtentMap, _ store: Blobs = Blobs()) throws -> [UInt8] {
    var sink = ByteArraySink()
    try map.write(to: &sink, from: store)
    return sink.bytes
}

func literal(_ text: String) -> ExtentMap {
    var map = ExtentMap()
    map.append(Array(text.utf8))
    return map
}

@Suite("A U-Boot image")
struct UImageTests {
    let script = UImage.Description(architecture: .arm64, type: .script, name: "boot")

    @Test("header and contents come back, contents read through the store")
    func roundTrip() throws {
        var store = Blobs()
        let kernel = (0..<1000).map { UInt8($0 % 251) }
        let image = try UImage(
            .init(
                architecture: .arm64, type: .kernel, compression: .gzip, loadAddress: 0x80000,
                entryPoint: 0x80040,
                name: "Linux"),
            files: [store.add(kernel)], time: Timestamp(seconds: 1_492_533_000), store: store)
        let all = try bytes(of: image.extents, store)
        #expect(all.count == 64 + 1000)
        let reader = try UImageReader(ByteArrayAccess(all))
        #expect(reader.header == image.header)
        #expect(reader.header.time == 1_492_533_000)
        #expect(reader.header.entryPoint == 0x80040)
        #expect(reader.header.name == "Linux")
        #expect(reader.files == [64..<1064])
        try reader.verify()
        let contents = reader.contents(of: reader.files[0])
        #expect(try contents.bytes(at: 0, length: 1000, of: "kernel") == kernel)
    }

    @Test("a script has a table of sizes, its files at multiples of four")
    func fileTable() throws {
        let image = try UImage(
            script, files: [literal("one"), literal("three")], time: Timestamp(seconds: 0), store: Blobs())
        let all = try bytes(of: image.extents)
        #expect(Array(all[64...]) == [0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 0] + Array("one\0three".utf8))
        let reader = try UImageReader(ByteArrayAccess(all))
        #expect(reader.files == [76..<79, 80..<85])
        try reader.verify()
    }

    @Test("holes count as zeros")
    func holes() throws {
        var map = ExtentMap()
        map.append(zeros: 100_000)
        let image = try UImage(
            .init(architecture: .arm, type: .ramdisk), files: [map], time: Timestamp(seconds: 0),
            store: Blobs())
        try UImageReader(ByteArrayAccess(bytes(of: image.extents))).verify()
    }

    @Test("times beyond 32 bits are clamped")
    func time() throws {
        for (seconds, expected) in [(Int64(-5), UInt32(0)), (1 << 40, .max)] {
            let image = try UImage(
                script, files: [literal("x")], time: Timestamp(seconds: seconds), store: Blobs())
            #expect(image.header.time == expected)
        }
    }

    @Test("what the format cannot hold is refused before anything is read")
    func limits() throws {
        func make(_ description: UImage.Description, _ files: [ExtentMap]) throws {
            _ = try UImage(description, files: files, time: Timestamp(seconds: 0), store: Blobs())
        }
        let name = ByteString(String(repeating: "n", count: 33))
        #expect(throws: UImageError.nameTooLong(name, length: 33)) {
            try make(.init(architecture: .arm64, type: .kernel, name: name), [literal("x")])
        }
        var huge = ExtentMap()
        huge.append(zeros: 1 << 32)
        #expect(throws: UImageError.tooLarge(size: 1 << 32)) {
            try make(.init(architecture: .arm64, type: .kernel), [huge])
        }
        var half = ExtentMap()
        half.append(zeros: 1 << 31)
        #expect(throws: UImageError.self) { try make(script, [half, half]) }
        #expect(throws: UImageError.emptyFile(index: 0)) { try make(script, []) }
        #expect(throws: UImageError.emptyFile(index: 1)) { try make(script, [literal("x"), literal("")]) }
        #expect(throws: UImageError.severalFiles(count: 2)) {
            try make(.init(architecture: .arm64, type: .kernel), [literal("x"), literal("y")])
        }
    }
}

@Suite("Hostile U-Boot images")
struct HostileUImageTests {
    private func sample() throws -> [UInt8] {
        try bytes(
            of: UImage(
                .init(architecture: .arm64, type: .multi), files: [literal("one"), literal("three")],
                time: Timestamp(seconds: 0), store: Blobs()
            ).extents)
    }

    @Test("cut off anywhere, an image is an error")
    func truncation() throws {
        let all = try sample()
        for length in 0..<all.count {
            #expect(throws: UImageError.self, "at \(length)") {
                try UImageReader(ByteArrayAccess(Array(all[..<length])))
            }
        }
    }

    @Test("a changed byte is found by one of the two checksums, or was not looked at")
    func flips() throws {
        let all = try sample()
        for index in all.indices {
            var bytes = all
            bytes[index] ^= 0x41
            #expect(throws: UImageError.self, "at \(index)") {
                try UImageReader(ByteArrayAccess(bytes)).verify()
            }
        }
    }

    @Test("tables without an end, of absurd sizes and with too many files are refused")
    func tables() throws {
        func read(_ data: [UInt8]) throws {
            let header = UImageHeader(
                time: 0, dataSize: UInt32(data.count), loadAddress: 0, entryPoint: 0, dataChecksum: 0,
                operatingSystem: .linux, architecture: .arm64, type: .multi, compression: .none, name: "")
            _ = try UImageReader(ByteArrayAccess(header.bytes + data))
        }
        #expect(throws: UImageError.badFileTable(offset: 64, reason: "has no end")) { try read([]) }
        #expect(throws: UImageError.badFileTable(offset: 68, reason: "has no end")) {
            try read([0, 0, 0, 1, 0])
        }
        #expect(throws: UImageError.self) { try read([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]) }
        // Three bytes of padding that are not there.
        #expect(throws: UImageError.self) { try read([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 7, 7]) }
        #expect(throws: UImageError.self) {
            try read(Array(repeatElement([0, 0, 0, 1] as [UInt8], count: 100_000).joined()))
        }
        try read([0, 0, 0, 0])
    }
}
