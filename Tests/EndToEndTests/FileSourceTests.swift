import Host
import TestSupport
import Testing

/// `files` with a `source`: whatever size, and of every kind of file.
@Suite(.enabled(if: Tool.available("tar", "sh", "truncate")))
struct FileSourceTests {
    private func build(_ workshop: Workshop, _ files: String, _ arguments: [String] = []) throws
        -> Command.Result
    {
        try workshop.write("kit.yml", "init:\n  - sample/thing:1\nfiles:\n\(files)")
        return try workshop.build(["--no-sbom", "-f", "tar"] + arguments + ["kit.yml"])
    }

    @Test("Sources of more than 256 MiB are streamed")
    func large() throws {
        let workshop = try Workshop()
        try Tool.run("truncate", ["-s", "300M", "big"], in: workshop.path)
        let result = try build(workshop, "- {path: a, source: big}\n- {path: b/c, source: big}\n")
        #expect(result.status == 0, "\(result.errorText)")
        let listing = try Tool.run("tar", ["-tvf", "kit.tar", "a", "b/c"], in: workshop.path).outputText
        #expect(listing.split(separator: "\n").allSatisfy { $0.contains(" 314572800 ") }, "\(listing)")
        #expect(listing.split(separator: "\n").count == 2)
    }

    @Test("Pipes, standard input and files of /proc are read to their end")
    func special() throws {
        let workshop = try Workshop()
        try Tool.run(
            "sh", ["-c", "mkfifo pipe; (exec >/dev/null 2>&1; seq 100000 >pipe) &"], in: workshop.path)
        try workshop.write(
            "kit.yml",
            """
            init: [sample/thing:1]
            files:
            - {path: pipe, source: pipe}
            - {path: version, source: /proc/version}
            - {path: input, source: /dev/stdin}

            """)
        let result = try workshop.build(
            ["--no-sbom", "-o", "out.tar", "kit.yml"], input: "from standard input")
        #expect(result.status == 0, "\(result.errorText)")
        func read(_ name: String) throws -> String {
            try Tool.run("tar", ["-xOf", "out.tar", name], in: workshop.path).outputText
        }
        #expect(try read("pipe").utf8.count == 588_895)
        #expect(try read("version") == Tool.run("cat", ["/proc/version"]).outputText)
        #expect(try read("input") == "from standard input")
    }

    @Test("What can't be a source is refused in words of its own")
    func refused() throws {
        let workshop = try Workshop()
        for (source, status, words) in [
            ("/", 65, "is a directory"), ("/dev/zero", 65, "never ends"), ("absent", 66, "not found"),
        ] {
            let result = try build(workshop, "- {path: a, source: \(source)}\n")
            #expect(result.status == Int32(status) && result.errorText.contains(words), "\(result.errorText)")
            #expect(
                result.errorText.contains("optional: true") == (words == "not found"), "\(result.errorText)")
        }
        let input = try workshop.build(
            ["--no-sbom", "-o", "out.tar", "-"],
            input: "init: [sample/thing:1]\nfiles: [{path: a, source: /dev/stdin}]\n")
        #expect(input.status == 65 && input.errorText.contains("standard input"), "\(input.errorText)")
        #expect(try workshop.names() == ["good.yml", "kit.yml"])
    }
}
