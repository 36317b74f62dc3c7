import Bytes
import KitConfig
import TestSupport
import Testing

@Suite("YAML as go-yaml writes it")
struct GoYAMLTests {
    /// The lines of a service's `hostname` in a kit, without its indentation.
    private func hostname(_ value: String, _ style: GoYAMLStyle) -> String {
        var container = ContainerConfig()
        container.hostname = value
        var kit = Kit()
        kit.services = [container]
        let indent = style == .v2 ? "  " : "      "
        let lines = text(kit.yaml(style)).split(separator: "\n", omittingEmptySubsequences: false)
        let start = lines.firstIndex { $0.hasPrefix("\(indent)hostname:") } ?? 0
        let end = lines[start...].firstIndex { $0 == "files: []" } ?? lines.endIndex
        return lines[start..<end].map { $0.hasPrefix(indent) ? $0.dropFirst(indent.count) : $0 }.joined(
            separator: "\n")
    }

    // From go-yaml's documentation of Marshal, its tests' published expectations, and YAML 1.1's types.
    @Test(
        "Plain, quoted or escaped, alike in both versions",
        arguments: [
            ("hi", "hi"), ("a b", "a b"), ("b: c", "'b: c'"), ("b:c", "b:c"), ("a #c", "'a #c'"),
            ("a#c", "a#c"),
            ("#c", "'#c'"), ("-", "'-'"), ("-x", "-x"), ("- x", "'- x'"), ("? x", "'? x'"), ("?x", "?x"),
            (":", "':'"),
            (":x", ":x"), ("@x", "'@x'"), ("`x", "'`x'"), ("[x", "'[x'"), ("x[", "x["), ("{}", "'{}'"),
            ("%x", "'%x'"),
            ("!x", "'!x'"), ("&x", "'&x'"), ("*x", "'*x'"), (">x", "'>x'"), ("|x", "'|x'"), ("'x", "'''x'"),
            ("x'", "x'"),
            ("\"x", "'\"x'"), (" x", "' x'"), ("x ", "'x '"), ("---", "'---'"), ("--- x", "'--- x'"),
            ("...x", "'...x'"),
            ("true", "\"true\""), ("Yes", "\"Yes\""), ("off", "\"off\""), ("y", "\"y\""), ("~", "\"~\""),
            ("null", "\"null\""),
            ("1", "\"1\""), ("-1", "\"-1\""), ("+1", "\"+1\""), ("0x1f", "\"0x1f\""), ("0b1", "\"0b1\""),
            ("017", "\"017\""),
            ("08", "\"08\""), ("1_0", "\"1_0\""), ("1.0", "\"1.0\""), ("1.", "\"1.\""), (".5", "\".5\""),
            ("1e3", "\"1e3\""),
            (".inf", "\".inf\""), (".nan", "\".nan\""), ("1:1", "\"1:1\""), ("1:60", "1:60"),
            ("12:30:45.5", "\"12:30:45.5\""),
            ("2015-01-01", "\"2015-01-01\""), ("2015-1-2T3:4:5Z", "\"2015-1-2T3:4:5Z\""),
            ("2015-13-01", "2015-13-01"),
            ("2015-02-29", "2015-02-29"), ("2015-01-01 10:00:00", "\"2015-01-01 10:00:00\""),
            ("1.2.3", "1.2.3"),
            ("0x", "0x"), ("1e", "1e"), ("1e999", "1e999"), ("é€", "é€"), ("😀", #""\U0001F600""#),
            ("\u{0}", #""\0""#),
            ("a\tb", #""a\tb""#),
            ("\u{1B}\u{7F}\u{85}\u{A0}", #""\e\x7F\N\_""#.replacing(#"\_"#, with: "\u{A0}")),
            ("\u{FEFF}", #""\uFEFF""#), ("a\rb", #""a\rb""#), ("<<", "<<"), ("=", "="), ("a\\b", "a\\b"),
        ])
    func scalars(_ value: String, _ expected: String) {
        #expect(hostname(value, .v2) == "hostname: \(expected)")
        #expect(hostname(value, .v3) == "hostname: \(expected)")
    }

    @Test(
        "Several lines are literal, with hints for their edges",
        arguments: [
            ("a\nb\n", "|\n  a\n  b", "|\n  a\n  b"), ("a\nb", "|-\n  a\n  b", "|-\n  a\n  b"),
            ("a\n\n", "|+\n  a\n", "|+\n  a\n"), ("a\n\nb\n", "|\n  a\n\n  b", "|\n  a\n\n  b"),
            ("\na\n", "|2\n\n  a", "|4\n\n  a"), ("  a\nb\n", "|2\n    a\n  b", "|4\n    a\n  b"),
            ("\n", "|2+\n", "|4+\n"), ("a \nb\n", #""a \nb\n""#, #""a \nb\n""#),
            ("a\nb ", #""a\nb ""#, #""a\nb ""#),
            ("a\n\tb\n", #""a\n\tb\n""#, "|\n  a\n  \tb"), ("😀\n", #""\U0001F600\n""#, #""\U0001F600\n""#),
        ])
    func literals(_ value: String, _ second: String, _ third: String) {
        #expect(hostname(value, .v2) == "hostname: \(second)")
        #expect(hostname(value, .v3) == "hostname: \(third)")
    }

    @Test("Only the second version folds, at a single space beyond 80 columns")
    func folding() {
        let words = (0..<20).map { "word\($0)" }.joined(separator: " ")
        let folded =
            "hostname: word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11\n"
            + "  word12 word13 word14 word15 word16 word17 word18 word19"
        #expect(hostname(words, .v2) == folded)
        #expect(hostname(words, .v3) == "hostname: \(words)")
        let long = String(repeating: "x", count: 90)
        #expect(hostname(long + "  a b", .v2) == "hostname: \(long)  a\n  b")
        #expect(hostname("#" + long + " a'b", .v2) == "hostname: '#\(long)\n  a''b'")
        #expect(hostname("\t" + long + "  a", .v2) == "hostname: \"\\t\(long)\n  \\ a\"")
    }

    /// The keys of a map in the order in which they are written.
    private func order(_ keys: [String], _ style: GoYAMLStyle) throws -> [String] {
        var container = ContainerConfig()
        container.annotations = StringMap(keys.map { (key: $0, value: "") })
        var kit = Kit()
        kit.services = [container]
        var reader = YAMLReader(KitSource(name: "kit.yml", text: kit.yaml(style)))
        let document = reader.read()
        let root = try #require(document)
        guard case .sequence(let services)? = root["services"]?.content,
            case .mapping(let pairs)? = services.first?["annotations"]?.content
        else { return [] }
        return pairs.map(\.key)
    }

    @Test("Maps are in natural order; the versions disagree on a letter after a number")
    func keyOrder() throws {
        let keys = ["1", "A", "a", "a.b", "a1", "a01", "a2", "a10", "b", "é"]
        #expect(try order(keys.reversed(), .v2) == keys)
        #expect(try order(keys.reversed(), .v3) == keys)
        #expect(try order(["a1b", "a10"], .v2) == ["a10", "a1b"])
        #expect(try order(["a1b", "a10"], .v3) == ["a1b", "a10"])
    }

    @Test("Long keys are complex, bytes that are no text are binary")
    func rarities() {
        var container = ContainerConfig()
        let key = String(repeating: "k", count: 129)
        container.annotations = [key: "v"]
        var file = FileConfig()
        file.contents = .init([0xFF, 0x00])
        var kit = Kit()
        kit.services = [container]
        kit.files = [file]
        #expect(text(kit.yaml(.v2)).contains("  annotations:\n    ? \(key)\n    : v\n"))
        #expect(text(kit.yaml(.v2)).contains("  contents: !!binary /wA=\n"))
        #expect(text(kit.json()).contains(#""contents": "\ufffd\u0000""#))
    }

    @Test("Every structure of the runtime specification is shown whole, in lower case")
    func resources() throws {
        let kit = try load(
            service(
                "resources: {memory: {kernelTCP: 1}, blockio: {weightDevice: [{major: 8, minor: 1}]}, pids: {}}",
                "uidMappings: [{hostID: 1}]"))
        let yaml = text(kit.yaml(.v2))
        #expect(
            yaml.contains(
                """
                  resources:
                    devices: []
                    memory:
                      limit: null
                      reservation: null
                      swap: null
                      kernel: null
                      kerneltcp: 1
                      swappiness: null
                      disableoomkiller: null
                      usehierarchy: null
                      checkbeforeupdate: null
                    cpu: null
                    pids:
                      limit: 0
                    blockio:
                      weight: null
                      leafweight: null
                      weightdevice:
                      - linuxblockiodevice:
                          major: 8
                          minor: 1
                        weight: null
                        leafweight: null
                      throttlereadbpsdevice: []
                      throttlewritebpsdevice: []
                      throttlereadiopsdevice: []
                      throttlewriteiopsdevice: []
                    hugepagelimits: []
                    network: null
                    rdma: {}
                    unified: {}
                  uidMappings:
                  - containerid: 0
                    hostid: 1
                    size: 0

                """), "\(yaml)")
        #expect(
            text(kit.json()).contains(
                """
                            "resources": {
                                "memory": {
                                    "kernelTCP": 1
                                },
                                "pids": {
                                    "limit": 0
                                },
                                "blockIO": {
                                    "weightDevice": [
                                        {
                                            "major": 8,
                                            "minor": 1
                                        }
                                    ]
                                }
                            },
                """), "\(text(kit.json()))")
    }

    @Test("A kit with every resource reads back the same from its own YAML")
    func resourcesRoundTrip() throws {
        let kit = try load(
            service(
                "resources: {memory: {kernelTCP: 1}, blockio: {weightDevice: [{major: 8, minor: 1, weight: 9}]}, "
                    + "rdma: {mlx: {hcaHandles: 3}}, unified: {a: b}, devices: [{allow: true, type: c}]}",
                "runtime: {bindNS: {net: /n}}", "mounts: [{type: proc, uidMappings: [{size: 2}]}]"))
        for style in [GoYAMLStyle.v2, .v3] {
            var again = try load(text(kit.yaml(style)))
            again.written = kit.written
            #expect(again == kit, "\(text(kit.yaml(style)))")
        }
    }

    @Test("What is written reads back the same")
    func roundTrip() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet: [Character] = [
            "a", "b", " ", " ", ":", "#", "-", "'", "\"", "\\", "\n", "\t", "é", "😀", "1", ".", "%", "{", ",",
            "\u{2028}",
        ]
        for _ in 0..<300 {
            var kit = Kit()
            var container = ContainerConfig()
            container.name = "s"
            container.image = "i"
            container.command = (0..<4).map { _ in
                String(
                    (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in
                        alphabet.randomElement(using: &random)
                    })
            }.filter { text in
                // go-yaml's own indentation hints are wrong for these, and LS breaks a line of YAML 1.1.
                !(text.contains("\n") && text.first.map { " \n\t".contains($0) } == true)
                    && !text.contains("\u{2028}")
            }
            kit.services = [container]
            kit.written = [.services]
            for style in [GoYAMLStyle.v2, .v3] {
                let yaml = text(kit.yaml(style))
                #expect(try load(yaml).services[0].command == container.command, "seed \(seed)\n\(yaml)")
            }
        }
    }
}

extension ConfigNode {
    fileprivate subscript(key: String) -> ConfigNode? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs.first { $0.key == key }?.value
    }
}
