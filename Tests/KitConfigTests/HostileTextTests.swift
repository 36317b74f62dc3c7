import KitConfig
import TestSupport
import Testing

@Suite("Hostile texts end in a sentence, soon")
struct HostileTextTests {
    @Test(
        "What is not YAML is named with its place",
        arguments: [
            (
                "a: b: c\n",
                #"1:5: not YAML: ":" is not allowed here: put the value in quotes or start the mapping on a new line"#
            ),
            ("x: *y\n", #"1:4: not YAML: undefined alias "*y": define "&y" before it"#),
            ("x: &y [*y]\n", #"1:8: not YAML: the alias "*y" is part of its own value"#),
            ("a: 'x\n", "2:1: not YAML: the quotes opened on line 1 are not closed"),
            ("a: @x\n", #"1:4: not YAML: a value cannot start with "@": put it in quotes"#),
            (
                "init: [\"\u{1}\"]\n",
                #"1:9: not YAML: the character U+0001 is not allowed: write it as "\u0001" in double quotes"#
            ),
            ("init:\n- a\n-b\n", #"4:1: not YAML: expected ":" after the key on line 3"#),
            (
                "a: 1\n b: 2\n",
                #"2:3: not YAML: ":" is not allowed here: put the value in quotes or start the mapping on a new line"#
            ),
            (
                "a:\n  b: 1\n c: 2\n",
                "3:2: not YAML: expected a key of the mapping that starts on line 1: check the indentation"
            ),
            ("a: [b\nc: d\n", #"2:2: not YAML: expected "," or "]" in the list that starts on line 1"#),
            ("a: {b: c\n", #"2:1: not YAML: expected "," or "}" in the mapping that starts on line 1"#),
            (
                #"a: "\q""#,
                #"1:5: not YAML: unknown escape sequence in double quotes: write "\\" for a backslash, or use single quotes"#
            ),
            (
                "{a: b} c\n",
                #"1:8: not YAML: text after the end of the document: remove it, or start a document with "---""#
            ),
            ("<<: 5\n", #"1:5: "<<" needs a mapping or a list of mappings"#),
            ("? [a]\n: b\n", "1:3: a key must be a string"),
        ])
    func syntax(_ text: String, _ expected: String) { #expect(problems(of: text) == ["kit.yml:\(expected)"]) }

    @Test(
        "A tab used for indentation is named with its place",
        arguments: [
            ("\tx: y\n", "1:1"), ("init:\n\t- a\n", "2:1"), ("kernel:\n  image: a\n\tcmdline: b\n", "3:1"),
            ("kernel:\n  image: 'a'\n\tcmdline: b\n", "3:1"), ("kernel:\n  \timage: a\n", "2:3"),
            ("kernel:\n  image: |\n\ta\n", "3:1"), ("init:\n- a\n\t\n- b\n", "3:1"),
            ("init:\n-\ta: b\n", "2:2"), ("# c\r\n\tinit: []\r\n", "2:1"),
        ])
    func tabs(_ text: String, _ place: String) {
        #expect(
            problems(of: text)
                == ["kit.yml:\(place): not YAML: a tab cannot be used for indentation: use spaces"])
    }

    @Test("So is a tab that makes a value run on")
    func tabInValue() {
        #expect(
            problems(of: "init: x\n \tfiles: y\n") == [
                "kit.yml:2:8: not YAML: \":\" is not allowed here: put the value in quotes or start the mapping on a "
                    + "new line (this line is indented with a tab: use spaces)"
            ])
        #expect(problems(of: "init: [a,\n\tb]\nfiles:\t[]\n").isEmpty)
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
            problems(of: aliasBomb) == ["kit.yml:6:10: more than 200000 values, with aliases expanded"])
    }

    @Test("So are long texts that aliases repeat")
    func longAliases() {
        let text = "a: &a " + String(repeating: "x", count: 1 << 20) + "\nb: ["
        #expect(problems(of: text + String(repeating: "*a,", count: 60) + "]\n").count == 2)
        #expect(
            problems(of: text + String(repeating: "*a,", count: 70) + "]\n")
                == ["kit.yml:2:191: larger than 64 MiB with aliases expanded"])
    }

    @Test("Aliases as keys are read once")
    func aliasKeys() {
        let text = "a: &a [x]\n? *a\n: y\n? *a\n: z\n"
        #expect(
            problems(of: text).dropFirst() == [
                "kit.yml:2:3: a key must be a string", "kit.yml:4:3: a key must be a string",
            ])
        #expect(problems(of: aliasBomb + "? *a11\n: x\n").count == 1)
    }

    @Test("Aliases that nest without end are cut off")
    func deepAliases() {
        let text = (1..<100_000).reduce(into: "a0: &a0 [x]\n") { $0 += "a\($1): &a\($1) [*a\($1 - 1)]\n" }
        #expect(problems(of: text) == ["kit.yml:64:12: nested deeper than 64 levels"])
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
        #expect(problems(of: text).map { $0.hasSuffix("nested deeper than 64 levels") } == [true])
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
        #expect(error?.description == "k:1:1: too large: a configuration is limited to 16 MiB")
    }

    @Test("Damaged texts never crash the loader")
    func fuzz() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
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
