import KitConfig
import Testing

/// Characters of one to four bytes.
private let sample = "# Grüße 𝄞\r\ninit: [a]\r\nkernel: {image: k, cmdline: 'é𝄞'}\r\n"

private func utf8(_ text: String, _ rest: UInt8...) -> [UInt8] { Array(text.utf8) + rest }

private func marked(_ text: String, _ rest: UInt8...) -> [UInt8] {
    [0xEF, 0xBB, 0xBF] + Array(text.utf8) + rest
}

private func little(_ text: String, mark: Bool = true, _ rest: UInt8...) -> [UInt8] {
    let units: [UInt16] = (mark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } + rest
}

private func big(_ text: String, mark: Bool = true, _ rest: UInt8...) -> [UInt8] {
    let units: [UInt16] = (mark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + rest
}

@Suite("Texts in each of YAML's encodings mean the same")
struct EncodingTests {
    private func problems(_ bytes: [UInt8]) -> String? {
        do throws(KitProblems) {
            _ = try KitLoader().load([KitSource(name: "k", text: bytes)])
            return nil
        } catch {
            return error.description
        }
    }

    @Test("A byte order mark says which", arguments: [marked(sample), little(sample), big(sample)])
    func marks(_ bytes: [UInt8]) throws {
        let plain = try KitLoader().load([KitSource(name: "k", text: sample)]).kit
        #expect(plain.kernel.cmdline == "é𝄞")
        #expect(try KitLoader().load([KitSource(name: "k", text: bytes)]).kit == plain)
    }

    private static let flow = "{é𝄞: 1, x: 2}"

    @Test("Places count characters, and the mark is not one")
    func places() {
        for bytes in [marked(Self.flow), little(Self.flow), big(Self.flow), utf8(Self.flow)] {
            let lines = problems(bytes)?.split(separator: "\n").map { $0.prefix { $0 != " " } }
            #expect(lines == ["k:1:2:", "k:1:9:"])
        }
    }

    @Test("A mark alone is an empty configuration", arguments: [marked(""), little(""), big("")])
    func empty(_ bytes: [UInt8]) {
        #expect(problems(bytes)?.hasPrefix("k:1:1: the configuration is empty") == true)
    }

    @Test(
        "Invalid UTF-8 is named with the place and the byte",
        arguments: [
            (utf8("init:\n- é", 0xC3, 0x28), "2:4", "C3", 10),
            (marked("init: [", 0xE9, 0x5D), "1:8", "E9", 10),
            (utf8("a: ", 0xC0, 0x80), "1:4", "C0", 3), (utf8("a: ", 0xED, 0xA0, 0x80), "1:4", "ED", 3),
            (utf8("a: ", 0xF0, 0x9D), "1:4", "F0", 3), (utf8("", 0x80), "1:1", "80", 0),
        ])
    func invalidUTF8(_ bytes: [UInt8], _ place: String, _ byte: String, _ offset: Int) {
        #expect(
            problems(bytes)
                == "k:\(place): not UTF-8: invalid byte 0x\(byte) at offset \(offset); save the file as UTF-8"
        )
    }

    @Test(
        "So is invalid UTF-16",
        arguments: [
            (
                little("a:\nb", 0x00, 0xDC, 0x61, 0x00),
                "2:2: not UTF-16LE: unpaired surrogate at byte offset 10; save the file as UTF-8"
            ),
            (
                big("a", 0xD8, 0x00),
                "1:2: not UTF-16BE: unpaired surrogate at byte offset 4; save the file as UTF-8"
            ),
            (
                big("a: 𝄞", 0x00),
                "1:5: not UTF-16BE: half a character at byte offset 12; save the file as UTF-8"
            ),
            (
                big("a: b\u{7}"),
                #"1:5: not YAML: the character U+0007 is not allowed: write it as "\u0007" in double quotes"#
            ),
        ])
    func invalidUTF16(_ bytes: [UInt8], _ expected: String) { #expect(problems(bytes) == "k:\(expected)") }

    @Test("Other encodings are named")
    func otherEncodings() {
        let utf32: [[UInt8]] = [
            [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], [0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61],
            [0x61, 0, 0, 0, 0x3A, 0, 0, 0],
            [0, 0, 0, 0x61, 0, 0, 0, 0x3A],
        ]
        for bytes in utf32 {
            #expect(problems(bytes) == "k:1:1: UTF-32 is not supported: save the file as UTF-8")
        }
        for bytes in [little("a: b", mark: false), big("a: b", mark: false)] {
            #expect(problems(bytes) == "k:1:1: UTF-16 without a byte order mark: save the file as UTF-8")
        }
    }
}
