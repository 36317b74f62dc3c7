import Bytes
import Testing

@testable import JSON

@Suite("Reading JSON strictly")
struct StrictJSONTests {
    @Test("Strictly read, a key stands once and strings are UTF-8")
    func strictly() throws {
        let same = #"{"a": {"b": 1}, "c": [{"b": "\u00e9\ud83d\ude00"}]}"#
        #expect(try JSONValue(strict: Array(same.utf8)) == JSONValue(parsing: Array(same.utf8)))
        let refused: [(String, JSONError)] = [
            (#"{"a":1,"b":2,"a":3}"#, JSONError(offset: 13, reason: .duplicateKey("a"))),
            (#"{"a":1,"\u0061":3}"#, JSONError(offset: 7, reason: .duplicateKey("a"))),
            (#"[{"x":{"a":1,"a":1}}]"#, JSONError(offset: 13, reason: .duplicateKey("a"))),
            (#""\ud800""#, JSONError(offset: 1, reason: .notUTF8)),
            (#""\udc00\ud800""#, JSONError(offset: 1, reason: .notUTF8)),
        ]
        for (text, error) in refused {
            #expect(throws: error) { try JSONValue(strict: Array(text.utf8)) }
            #expect(throws: Never.self) { try JSONValue(parsing: Array(text.utf8)) }
        }
        let bytes: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
        #expect(throws: JSONError(offset: 1, reason: .notUTF8)) { try JSONValue(strict: bytes) }
    }
}
