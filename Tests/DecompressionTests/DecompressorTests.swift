import Bytes
import Decompression
import TestSupport
import Testing

/// A source that gives `step` bytes at a time.
struct DribblingSource: ByteSource {
    var base: ByteArraySource
    let step: Int

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        try base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(step, buffer.count)]))
    }
}

func decompress(
    _ bytes: [UInt8], _ compression: Compression, step: Int = .max, limit: UInt64 = .max,
    memoryLimit: UInt64 = Decompressor.defaultMemoryLimit
) throws(StreamError) -> [UInt8] {
    var source = try Decompressor.source(
        over: DribblingSource(base: ByteArraySource(bytes), step: step), compression: compression,
        limit: limit, memoryLimit: memoryLimit)
    return try source.readAll(limit: 1 << 20, of: "test data")
}

func failure(_ body: () throws(StreamError) -> [UInt8]) -> StreamError? {
    do throws(StreamError) {
        _ = try body()
        return nil
    } catch { return error }
}

@Suite struct DecompressorTests {
    @Test(arguments: Compression.allCases) func readsWhatTheFormatsOwnToolWrote(_ compression: Compression)
        throws
    {
        let bytes = try #require(Fixture.text[compression])
        for step in [1, 7, 64, Int.max] {
            #expect(
                try decompress(bytes, compression, step: step) == Fixture.plainText, "in steps of \(step)")
        }
        var source = try Decompressor.source(over: ByteArraySource(bytes), compression: compression)
        var slowly: [UInt8] = []
        var byte: UInt8 = 0
        while try withUnsafeMutableBytes(of: &byte, { try source.read(into: $0) }) == 1 {
            slowly.append(byte)
        }
        #expect(slowly == Fixture.plainText)
    }

    @Test(arguments: Compression.allCases.filter { $0 != .zlib })
    func membersThatFollowAreOneStream(_ compression: Compression) throws {
        let first = try #require(Fixture.text[compression])
        let second = try #require(Fixture.second[compression])
        #expect(try decompress(first + second, compression) == Fixture.plainText + Fixture.plainSecond)
        #expect(
            try decompress(first + second + first, compression, step: 1).count == Fixture.plainText.count * 2
                + 14)
    }

    @Test(arguments: Compression.allCases) func bytesAfterTheEndAreRefused(_ compression: Compression) throws
    {
        let bytes = try #require(Fixture.text[compression])
        let error = failure { () throws(StreamError) in
            try decompress(bytes + Array("garbage".utf8), compression)
        }
        guard case .corrupt(_, let offset, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // The legacy format takes the first four for a block's size.
        #expect(offset == UInt64(bytes.count))
    }

    @Test func paddingIsTheFormatsOwn() throws {
        let gzip = try #require(Fixture.text[.gzip])
        #expect(try decompress(gzip + [UInt8](repeating: 0, count: 509), .gzip) == Fixture.plainText)
        #expect(failure { () throws(StreamError) in try decompress(gzip + [0, 0] + gzip, .gzip) } != nil)
        let xz = try #require(Fixture.text[.xz])
        #expect(try decompress(xz + [0, 0, 0, 0] + xz, .xz).count == Fixture.plainText.count * 2)
        #expect(failure { () throws(StreamError) in try decompress(xz + [0, 0, 0], .xz) } != nil)
        let zstd = try #require(Fixture.text[.zstd])
        #expect(failure { () throws(StreamError) in try decompress(zstd + [0, 0, 0, 0], .zstd) } != nil)
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
        #expect(try decompress(zstd + skippable, .zstd) == Fixture.plainText)
    }

    private static func skippable(_ number: UInt8, _ count: Int) -> [UInt8] {
        [0x50 | number, 0x2a, 0x4d, 0x18, UInt8(count & 0xff), UInt8(count >> 8), 0, 0]
            + [UInt8](repeating: 0x58, count: count)
    }

    @Test(arguments: [Compression.zstd, .lz4])
    func skippableFramesMayStandAnywhere(_ compression: Compression) throws {
        let (first, second) = (
            try #require(Fixture.text[compression]), try #require(Fixture.second[compression])
        )
        let plain = Fixture.plainText + Fixture.plainSecond
        let frames = (Self.skippable(0, 4), Self.skippable(15, 0), Self.skippable(7, 60_000))
        for bytes in [
            frames.0 + first + second, frames.0 + frames.1 + frames.2 + first + second,
            first + frames.2 + frames.1 + second, first + second + frames.0 + frames.1,
            frames.0 + first + frames.1 + second + frames.2,
        ] {
            #expect(try Compression.detected(in: ByteArrayAccess(bytes)) == compression)
            #expect(try decompress(bytes, compression) == plain)
            #expect(try decompress(bytes, compression, step: 1) == plain)
            let (source, found) = try Decompressor.source(
                detectingIn: DribblingSource(base: ByteArraySource(bytes), step: 3))
            var detected = source
            #expect(found == compression)
            #expect(try detected.readAll(limit: 1 << 20, of: "test data") == plain)
        }
    }

    @Test func onlySkippableFramesAreAnEmptyFile() throws {
        let bytes = Self.skippable(1, 9) + Self.skippable(2, 0)
        #expect(try Compression.detected(in: ByteArrayAccess(bytes)) == .zstd)
        #expect(try decompress(bytes, .zstd).isEmpty)
        var source = try Decompressor.source(detectingIn: ByteArraySource(bytes)).source
        #expect(try source.readAll(limit: 10, of: "test data").isEmpty)
        for length in 9..<17 {
            let error = failure { () throws(StreamError) in
                var source = try Decompressor.source(detectingIn: ByteArraySource(Array(bytes[..<length])))
                    .source
                return try source.readAll(limit: 10, of: "test data")
            }
            #expect(error == .unexpectedEnd(of: "zstd data", offset: UInt64(length)), "\(length)")
        }
    }

    @Test func whatFollowsSkippableFramesDecides() throws {
        let gzip = try #require(Fixture.text[.gzip])
        for rest in [gzip, Array("no frame".utf8)] {
            let bytes = Self.skippable(0, 4) + rest
            #expect(try Compression.detected(in: ByteArrayAccess(bytes)) == nil)
            let error = failure { () throws(StreamError) in
                var source = try Decompressor.source(detectingIn: ByteArraySource(bytes)).source
                return try source.readAll(limit: 10, of: "test data")
            }
            guard case .corrupt(_, 12, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func garbageAfterGzipIsIgnoredWhereItDoesNoHarm() throws {
        let (first, second) = (try #require(Fixture.text[.gzip]), try #require(Fixture.second[.gzip]))
        func tolerant(_ bytes: [UInt8], step: Int) throws(StreamError) -> [UInt8] {
            var source = try Decompressor.source(
                over: DribblingSource(base: ByteArraySource(bytes), step: step), compression: .gzip,
                ignoresGarbage: true)
            return try source.readAll(limit: 1 << 20, of: "test data")
        }
        for step in [1, 5, Int.max] {
            for tail: [UInt8] in [
                [], [0], [0, 0, 0, 7], Array("garbage".utf8), [0x1f], [0x1f, 0], [0] + first,
            ] {
                #expect(try tolerant(first + tail, step: step) == Fixture.plainText, "\(tail)")
                #expect(
                    try tolerant(first + second + tail, step: step) == Fixture.plainText
                        + Fixture.plainSecond)
            }
            let cut = failure { () throws(StreamError) in
                try tolerant(first + second.dropLast(3), step: step)
            }
            #expect(cut != nil, "a second member that is cut")
        }
    }

    @Test func formatsThatCannotBeReadAreKnownByName() {
        #expect(UnsupportedFormat(detecting: Array("BZh91AY&SY".utf8)) == .bzip2)
        #expect(UnsupportedFormat(detecting: [0x50, 0x4b, 3, 4])?.description == "ZIP")
        #expect(UnsupportedFormat(detecting: Array("plain".utf8)) == nil)
    }

    @Test(arguments: Compression.allCases) func aCutFileIsAnUnexpectedEnd(_ compression: Compression) throws {
        let bytes = try #require(Fixture.text[compression])
        for count in 0..<bytes.count {
            // A legacy file may end after its magic: it has no blocks then.
            if compression == .lz4Legacy && count == 4 { continue }
            let error = failure { () throws(StreamError) in
                try decompress(Array(bytes[..<count]), compression)
            }
            guard case .unexpectedEnd(_, let offset) = error else {
                Issue.record("\(count) of \(bytes.count) bytes: \(String(describing: error))")
                continue
            }
            #expect(offset == UInt64(count))
        }
    }

    @Test(arguments: Compression.allCases) func theLimitIsExact(_ compression: Compression) throws {
        let bytes = try #require(Fixture.text[compression])
        let size = UInt64(Fixture.plainText.count)
        #expect(try decompress(bytes, compression, limit: size) == Fixture.plainText)
        for limit in [0, 1, size - 1] {
            let error = failure { () throws(StreamError) in try decompress(bytes, compression, limit: limit) }
            #expect(error == .limitExceeded(what: "decompressed \(compression) data", limit: limit))
        }
    }

    @Test func memoryIsBounded() throws {
        // A frame header with a window descriptor of 2^31 bytes, then a last raw block of one byte.
        let huge: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x09, 0x00, 0x00, 0x41]
        let wide: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3, 0x09, 0x00, 0x00, 0x41]
        #expect(try decompress(wide, .zstd) == [0x41])
        #expect(
            failure { () throws(StreamError) in try decompress(huge, .zstd) }
                == .limitExceeded(what: "memory to decode zstd data", limit: 128 << 20))
        let xz = try #require(Fixture.text[.xz])
        #expect(
            failure { () throws(StreamError) in try decompress(xz, .xz, memoryLimit: 1 << 20) }
                == .limitExceeded(what: "memory to decode xz data", limit: 1 << 20))
    }

    @Test func anErrorStays() throws {
        let gzip = try #require(Fixture.text[.gzip])
        var source = try Decompressor.source(
            over: ByteArraySource(Array(gzip.dropLast())), compression: .gzip)
        let first = failure { () throws(StreamError) in try source.readAll(limit: 1 << 20, of: "test data") }
        let second = failure { () throws(StreamError) in try source.readAll(limit: 1 << 20, of: "test data") }
        #expect(first != nil && first == second)
    }

    @Test(arguments: Compression.allCases) func damageNeverCrashesOrHangs(_ compression: Compression) throws {
        let bytes = try #require(Fixture.text[compression])
        let seed = TestSeed.value
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0...next(3) { damaged[next(damaged.count)] ^= UInt8(1 << next(8)) }
            let result = Result { () throws(StreamError) in try decompress(damaged, compression) }
            // gzip, zlib and xz check all they give; their headers hold a few bits that mean nothing.
            if case .success(let text) = result, [.gzip, .zlib, .xz].contains(compression) {
                #expect(text == Fixture.plainText, "seed \(seed)")
            }
        }
    }

    @Test(arguments: Compression.allCases) func theMagicTellsTheFormat(_ compression: Compression) throws {
        let bytes = try #require(Fixture.text[compression])
        let expected = compression == .zlib ? nil : compression
        #expect(Compression(detecting: bytes) == expected)
        var (source, found) = try Decompressor.source(
            detectingIn: DribblingSource(base: ByteArraySource(bytes), step: 1))
        #expect(found == expected)
        let all = try source.readAll(limit: 1 << 20, of: "test data")
        #expect(all == (expected == nil ? bytes : Fixture.plainText))
    }
}
