import Bytes
import Host
import TestSupport
import Testing

/// `--input-tar`: parts are used again if they are still what their images give.
struct InputTarTests {
    private let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.builder.image("sample/app:1", layers: [[.file("app", "one", mode: 0o755)]])
        try workshop.write(
            "kit.yml",
            """
            init: [sample/thing:1]
            onboot:
            - {name: a, image: sample/app:1}
            - {name: b, image: sample/app:1, command: [b]}
            services:
            - {name: c, image: sample/app:1, readonly: true}
            files:
            - {path: etc/kit.yml, metadata: yaml}

            """)
        #expect(try build("old.tar").status == 0)
    }

    private func build(_ output: String, _ arguments: [String] = [], cache: String? = nil) throws
        -> Command.Result
    {
        let result = try Executable.run(
            ["build", "--offline", "--cache", cache ?? workshop.builder.path, "--arch", "amd64", "--no-sbom"]
                + arguments + ["-o", output, "kit.yml"], in: workshop.path)
        #expect(result.status == 0, "\(result.errorText)")
        return result
    }

    private func isSame(_ first: String, _ second: String) throws -> Bool {
        try Command("cmp", ["-s", first, second], workingDirectory: workshop.path).run().status == 0
    }

    @Test(
        "Every part that is used again is named for scripts",
        arguments: [["-v", "2"], ["-v=2"], ["--verbose", "2"]])
    func lines(_ verbose: [String]) throws {
        let result = try build("new.tar", verbose + ["--input-tar", "old.tar"])
        for part in ["init[0]", "onboot[0]", "onboot[1]", "services[0]"] {
            #expect(result.errorText.contains("Copy \(part)"), "\(part) in \(result.errorText)")
        }
        #expect(try isSame("old.tar", "new.tar"))
        #expect(try !build("new.tar", ["--input-tar", "old.tar"]).errorText.contains("Copy"))
    }

    @Test("A tag that has moved is noticed, and the image of today used")
    func moved() throws {
        try workshop.builder.image("sample/app:1", layers: [[.file("app", "two", mode: 0o755)]])
        let result = try build("new.tar", ["-v", "--input-tar", "old.tar"])
        #expect(result.errorText.contains("Copy init[0]"))
        #expect(!result.errorText.contains("Copy onboot[0]"))
        #expect(
            result.errorText.contains("onboot[0]: sample/app:1 is not the image that the earlier output"),
            "\(result.errorText)")
        _ = try build("fresh.tar")
        #expect(try isSame("fresh.tar", "new.tar"))
        #expect(try !isSame("old.tar", "new.tar"))
    }

    @Test("What can't be compared is used with a warning, once an image")
    func absent() throws {
        let result = try build("new.tar", ["-v", "--input-tar", "old.tar"], cache: "empty")
        #expect(try isSame("old.tar", "new.tar"))
        #expect(result.errorText.contains("Copy services[0]"))
        let warnings = result.errorText.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        #expect(warnings.count == 1, "\(result.errorText)")
        #expect(warnings.first?.contains("docker.io/sample/thing:1, docker.io/sample/app:1") == true)
    }
}
