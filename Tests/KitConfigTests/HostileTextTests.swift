import KitConfig
import Testing

@Suite("Hostile texts end in a sentence, soon")
struct HostileTextTests {
    @Test(
        "What is not YAML is named with its place",
        arguments: [
            ("a: b: c\n", "1:5: not YAML: mapping values are not allowed in this context"),
            (
                "\tx: y\n",
                "1:1: not YAML: found character that cannot start any token while scanning for the next token at line 1"
            ),
            ("x: *y\n", "1:4: not YAML: found undefined alias"),
            (
                "a: 'x\n",
                "2:1: not YAML: found unexpected end of stream while scanning a quoted scalar at line 1"
            ),
            ("init: [\"\u{1}\"]\n", "1:9: not YAML: control characters are not allowed"),
            (
                "init:\n- a\n-b\n",
                "4:1: not YAML: could not find expected ':' while scanning a simple key at line 3"
            ),
            ("<<: 5\n", #"1:5: "<<" merges a mapping or a list of mappings"#),
            ("? [a]\n: b\n", "1:3: a key must be a string"),
        ])
    func syntax(_ text: String, _ expected: String) { #expect(problems(of: text) == ["kit.yml:\(expected)"]) }

    @Test("Bytes that are not UTF-8 are found")
    func invalidUTF8() {
        let source = KitSource(name: "k", text: Array("init:\n- é".utf8) + [0xC3, 0x28])
        let error = #expect(throws: KitProblems.self) { try KitLoader().load([source]) }
        #expect(error?.description == "k:2:4: not UTF-8 text")
    }

    /// Twelve levels of ten aliases: a million million values.
    private var aliasBomb: String {
        (1..<12).reduce("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n") { text, level in
            text + "a\(level): &a\(level) [" + (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ",")
                + "]\n"
        }
    }

    @Test("Aliases that expand without end are cut off")
    func aliases() {
        #expect(
            problems(of: aliasBomb) == ["kit.yml:1:26: more than 200000 values, with aliases written out"])
    }

    @Test("Aliases as keys, which the parser would hash in full, are not even parsed")
    func aliasKeys() {
        #expect(
            problems(of: aliasBomb + "? *a11\n: x\n") == [
                "kit.yml:1:1: 111 aliases beside keys that are aliases or collections: write those keys out"
            ])
    }

    @Test("Merges that expand without end are cut off")
    func merges() {
        let text = (1..<25).reduce("a0: &a0 {x: 1}\n") { text, level in
            text + "a\(level): &a\(level)\n  <<: [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(problems(of: text).count == 1)
    }

    @Test("Deep nesting is refused", arguments: ["[", "{a: ", "- "])
    func depth(_ opening: String) {
        let text = "init:\n  " + String(repeating: opening, count: 100_000)
        #expect(problems(of: text).allSatisfy { $0.hasSuffix("nested far too deep") })
        #expect(problems(of: text).count == 1)
        let closing = opening == "[" ? "]" : "}"
        if opening != "- " {
            let closed =
                "init: " + String(repeating: opening, count: 500) + String(repeating: closing, count: 500)
            #expect(problems(of: closed).contains { $0.hasSuffix("nested deeper than 64 levels") })
        }
    }

    @Test("A text of an impossible size is refused unread")
    func size() {
        let source = KitSource(name: "k", text: [UInt8](repeating: 0x23, count: 17 << 20))
        let error = #expect(throws: KitProblems.self) { try KitLoader().load([source]) }
        #expect(error?.description == "k:1:1: larger than 16 MiB, which no configuration is")
    }

    @Test("Damaged texts never crash the loader")
    func fuzz() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let text = Array(
            (service("binds: [a:b]", "env: ['x']", "uid: 5", "runtime: {mkdir: [a]}")
                + "files: [{path: a, contents: |-\n  x}]\n&a b: *a\n<<: {c: d}\n").utf8)
        for _ in 0..<300 {
            var damaged = text
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<damaged.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: damaged[index] = UInt8.random(in: 0...255, using: &random)
                case 1: damaged.remove(at: index)
                default:
                    damaged.insert(
                        Array("&*!|>'\"[]{}:-? \n\t#%@`,".utf8).randomElement(using: &random) ?? 0, at: index)
                }
            }
            do throws(KitProblems) {
                _ = try KitLoader().load([KitSource(name: "k", text: damaged)])
            } catch {
                #expect(!error.problems.isEmpty, "seed \(seed)")
            }
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
