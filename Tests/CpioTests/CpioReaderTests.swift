import Bytes
import Cpio
import Testing

@Suite struct CpioReaderTests {
    private static func error(_ change: (inout [UInt8]) -> Void) throws -> CpioError? {
        var bytes = try Archive.bytes(Archive.sample())
        change(&bytes)
        do throws(CpioError) {
            _ = try Archive.members(bytes)
            return nil
        } catch { return error }
    }

    @Test("Truncated, foreign and malformed archives are refused with the offset")
    func hostile() throws {
        #expect(try Self.error { $0 = [] } == .truncated(what: "a header", offset: 0))
        #expect(try Self.error { $0.removeLast($0.count - 60) } == .truncated(what: "a header", offset: 60))
        #expect(try Self.error { $0.removeLast($0.count - 111) } == .truncated(what: "a name", offset: 111))
        #expect(try Self.error { $0[5] = UInt8(ascii: "7") } == .badMagic(offset: 0))
        #expect(try Self.error { $0[14] = UInt8(ascii: "g") } == .invalidField(field: "mode", offset: 0))
        #expect(try Self.error { $0[94] = UInt8(ascii: "F") } == .invalidField(field: "namesize", offset: 0))
        #expect(try Self.error { $0[110] = 0 } == .invalidField(field: "name", offset: 0))
        let size = try Self.error { $0.replaceSubrange(54..<62, with: Array("00000FFF".utf8)) }
        #expect(size == .truncated(what: "data", offset: UInt64(try Archive.bytes(Archive.sample()).count)))
    }

    @Test("Data can be passed over, and what follows the trailer is left alone")
    func skipping() throws {
        var reader = CpioReader(ByteArraySource(try Archive.bytes(Archive.sample()) + [1, 2, 3]))
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 12)
        #expect(try reader.next() == nil)
    }
}
