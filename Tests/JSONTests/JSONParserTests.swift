import Bytes
import JSON
import TestSupport
import Testing

@Suite("Reading JSON")
struct JSONParserTests {
    private func parse(_ text: String) throws(JSONError) -> JSONValue {
        try JSONValue(parsing: ByteString(text))
    }

    @Test("Every kind of value is read, members in their order")
    func kinds() throws {
        let value = try parse(
            #" { "z": [1, -2, 1.50, 1e3], "a" : {"b":null}, "t":true,"f":false, "s":"x" } "#)
        #expect(value.object?.members.map(\.key.text) == ["z", "a", "t", "f", "s"])
        #expect(value["z"] == [1, -2, .decimal("1.50"), .decimal("1e3")])
        #expect(value["a"]?["b"]?.isNull == true)
        #expect(value["t"]?.bool == true)
        #expect(value["s"]?.string == "x")
        #expect(value["z"]?[1]?.int == -2)
        #expect(value["z"]?[9] == nil)
    }

    @Test("Integers keep all 64 bits")
    func integers() throws {
        #expect(try parse("9007199254740993") == .integer(9_007_199_254_740_993))
        #expect(try parse("-9223372036854775808").int64 == .min)
        #expect(try parse("18446744073709551615").uint64 == .max)
        #expect(try parse("18446744073709551616") == .decimal("18446744073709551616"))
        #expect(try parse("-1").uint64 == nil)
    }

    @Test("Of equal keys the last counts, at the first one's place")
    func duplicateKeys() throws {
        #expect(try parse(#"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
        #expect(try parse("{\"é\":1,\"e\u{301}\":2}").object?.count == 2)
    }

    @Test(
        "Escapes are undone",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9""#, "Aé"),
            (#""\ud83d\ude00""#, "😀"), (#""\ud83dx""#, "\u{FFFD}x"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\ude00""#, "\u{FFFD}"),
        ])
    func escapes(_ text: String, _ expected: String) throws { #expect(try parse(text).string == expected) }

    @Test("Bytes that are not UTF-8 are replaced one by one")
    func invalidUTF8() throws {
        let value = try JSONValue(parsing: [0x22, 0xFF, 0x41, 0xC3, 0x22])
        #expect(value.string == "\u{FFFD}A\u{FFFD}")
    }

    @Test(
        "What is not JSON is refused at its byte",
        arguments: [
            ("", 0, "the text ends too early"),
            ("{\"a\":1,}", 7, "found '}', expected a key"),
            ("[1 2]", 3, "found '2', expected ',' or ']'"),
            ("{\"a\" 1}", 5, "found '1', expected ':'"),
            ("[1,]", 3, "found ']', expected a value"),
            ("01", 0, "not a number"), ("-", 1, "not a number"), ("1.", 2, "not a number"),
            ("1e+", 3, "not a number"),
            ("nul", 3, "the text ends too early"), ("trux", 3, "found 'x', expected true"),
            ("\"a", 2, "the text ends too early"), ("\"\n\"", 1, "byte 10 inside a string must be escaped"),
            (#""\x""#, 1, "unknown escape in a string"), (#""\u00g0""#, 1, "unknown escape in a string"),
            ("1 1", 2, "something follows the value"), ("'a'", 0, "found ''', expected a value"),
            ("{\"a\":1", 6, "the text ends too early"), ("\u{FEFF}1", 0, "found byte 239, expected a value"),
        ])
    func refusals(_ text: String, _ offset: Int, _ reason: String) {
        #expect(throws: JSONError.self) { try parse(text) }
        do { _ = try parse(text) } catch { #expect("\(error)" == "JSON, byte \(offset): \(reason)") }
    }

    @Test("Nesting beyond the limit is refused, not a crash")
    func depth() throws {
        let limit = JSONValue.depthLimit
        let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(try parse(deepest).array != nil)
        let error = #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(error?.reason == .tooDeep(limit: limit))
    }

    @Test("What was written reads back equal, for random values")
    func roundTrip() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let value = randomValue(&random, depth: 0)
            for layout in [JSONLayout.compact, .fourSpaces] {
                #expect(try JSONValue(parsing: value.encoded(layout)) == value, "seed \(seed)")
            }
        }
    }

    @Test("Damaged text never crashes the parser")
    func fuzz() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var bytes = randomValue(&random, depth: 0).encoded(.compact)
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            do {
                // Whatever was accepted has a text of its own that is accepted too.
                let value = try JSONValue(parsing: bytes)
                #expect((try? JSONValue(parsing: value.encoded(.compact))) == value, "seed \(seed)")
            } catch { #expect(error.offset <= bytes.count, "seed \(seed)") }
        }
    }

    private func randomValue(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        switch Int.random(in: 0...(depth > 4 ? 4 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: return .number(UInt64.random(in: .min ... .max, using: &random))
        case 4: return .text(randomText(&random))
        case 5: return .array((0..<3).map { _ in randomValue(&random, depth: depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<3 { object[randomText(&random)] = randomValue(&random, depth: depth + 1) }
            return .object(object)
        }
    }

    private func randomText(_ random: inout SeededRandom) -> String {
        let alphabet: [Character] = [
            "a", "\"", "\\", "<", "\n", "\u{1}", "é", "\u{2028}", "😀", " ", "\u{7F}",
        ]
        return String(
            (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            })
    }
}
