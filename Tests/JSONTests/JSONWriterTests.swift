import Bytes
import JSON
import Testing

@Suite("JSON text as Go's encoding/json writes it")
struct JSONWriterTests {
    private func text(_ value: JSONValue, _ layout: JSONLayout = .compact) -> String {
        String(decoding: value.encoded(layout), as: UTF8.self)
    }

    @Test("MarshalIndent puts one element a line and keeps empty lists and objects short")
    func indentation() {
        let value: JSONValue = ["b": [1, [], ["x": [:]]], "a": nil, "c": true]
        #expect(
            text(value, .fourSpaces) == """
                {
                    "b": [
                        1,
                        [],
                        {
                            "x": {}
                        }
                    ],
                    "a": null,
                    "c": true
                }
                """)
        #expect(text(value) == #"{"b":[1,[],{"x":{}}],"a":null,"c":true}"#)
        #expect(text([1], .indented(spaces: 1)) == "[\n 1\n]")
    }

    // From encoding/json's documentation of Marshal and HTMLEscape.
    @Test(
        "Strings escape what Go escapes",
        arguments: [
            ("<a href=\"&\">", #""\u003ca href=\"\u0026\"\u003e""#),
            ("\\ / \u{7F}", "\"\\\\ / \u{7F}\""),
            ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
            ("\u{0}\u{1B}\u{1F}", #""\u0000\u001b\u001f""#),
            ("a\u{2028}b\u{2029}", #""a\u2028b\u2029""#),
            ("é€😀\u{FFFD}", "\"é€😀\u{FFFD}\""),
        ])
    func escapes(_ string: String, _ expected: String) { #expect(text(.text(string)) == expected) }

    @Test("Without HTML escapes only the markup characters change")
    func plainHTML() {
        let bytes = JSONValue.text("<&>\u{2028}").encoded(.compact, escapingHTML: false)
        #expect(String(decoding: bytes, as: UTF8.self) == #""<&>\u2028""#)
    }

    @Test(
        "Each byte that is not UTF-8 becomes one \\ufffd",
        arguments: [
            ([0xFF], #""\ufffd""#), ([0xC0, 0x80], #""\ufffd\ufffd""#),
            ([0xE2, 0x82], #""\ufffd\ufffd""#), ([0xED, 0xA0, 0x80], #""\ufffd\ufffd\ufffd""#),
            ([0x61, 0xF5, 0x62], #""a\ufffdb""#), ([0xF4, 0x90, 0x80, 0x80], #""\ufffd\ufffd\ufffd\ufffd""#),
        ] as [([UInt8], String)])
    func invalidUTF8(_ bytes: [UInt8], _ expected: String) {
        #expect(text(.string(ByteString(bytes))) == expected)
    }

    @Test("Integers beyond a double's 53 bits are exact")
    func integers() {
        #expect(text(.integer(.min)) == "-9223372036854775808")
        #expect(text(.integer(9_007_199_254_740_993)) == "9007199254740993")
        #expect(text(.number(UInt64.max)) == "18446744073709551615")
        #expect(JSONValue.number(UInt64(7)) == .integer(7))
    }

    // What Go 1.24's json.Marshal(float64) documents: ES6 number formatting.
    @Test(
        "Floating-point numbers have the shortest digits, with Go's exponents",
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (1.5, "1.5"), (-2.25, "-2.25"), (0.1, "0.1"), (100, "100"),
            (0.000001, "0.000001"), (0.0000001, "1e-7"), (1.25e-9, "1.25e-9"), (123456789, "123456789"),
            (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e300, "1.5e+300"),
            (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (12_345_678_901_234_567_168, "12345678901234567000"),
        ] as [(Double, String)])
    func floats(_ value: Double, _ expected: String) throws {
        #expect(text(try #require(JSONValue.number(value))) == expected)
    }

    @Test("There is not a number for infinity")
    func infinity() { #expect(JSONValue.number(Double.infinity) == nil) }

    @Test("A sorted object is in byte order, whatever a locale or Unicode equivalence says")
    func sorting() {
        let object: JSONObject = ["é": 1, "e\u{301}": 2, "z": 3, "Z": 4]
        #expect(text(.object(object.sorted)) == "{\"Z\":4,\"e\u{301}\":2,\"z\":3,\"é\":1}")
    }
}
