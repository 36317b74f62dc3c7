import Bytes
import Host
import JSON
import TestSupport
import Testing

@Suite struct ProgressTests {
    @Test("With --progress json every line on standard error is an event")
    func events() throws {
        let builder = try LayoutBuilder()
        let directory = try TemporaryDirectory()
        try builder.image("sample/thing:1", layers: [[.file("bin/sh", "a shell\n", mode: 0o755)]])
        try directory.write("kit.yml", "init:\n  - sample/thing:1\n")
        let result = try Executable.run(
            ["build", "--cache", builder.path, "--progress", "json", "-f", "tar", "--size", "1G", "kit.yml"],
            in: directory.path)
        #expect(result.status == 0, "\(result.errorText)")
        let lines = result.errorText.split(separator: "\n")
        let events = try lines.map { line in
            try #require(try JSONValue(parsing: Array(line.utf8)).object, "\(line)")
        }
        let names = events.compactMap { $0["event"]?.string }
        #expect(names.count == events.count)
        #expect(Set(names).isSuperset(of: ["reading", "assembling", "writing", "warning"]), "\(names)")
        let writing = try #require(events.first { $0["event"]?.string == "writing" })
        #expect(writing["path"]?.string == "kit.tar")
        #expect(result.outputText.hasSuffix("  kit.tar\n"))
    }
}
