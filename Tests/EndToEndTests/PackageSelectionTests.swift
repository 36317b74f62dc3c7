import Host
import TestSupport
import Testing

/// What a shell's pattern brings along: packages for other architectures than those asked for.
struct PackageSelectionTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for (name, architectures) in [("any", "amd64, arm64"), ("board", "arm64"), ("other", "riscv64")] {
            try directory.write(
                "packages/\(name)/build.yml",
                """
                image: \(name)
                org: me
                arches: [\(architectures)]
                contents:
                  files:
                  - {path: name, contents: \(name)}

                """)
        }
        try directory.write("packages/README", "not a package")
    }

    private func pkg(_ command: String, _ arguments: [String]) throws -> Command.Result {
        try Executable.run(["pkg", command, "--cache", "cache"] + arguments, in: directory.path)
    }

    private let all = ["packages/any/", "packages/board/", "packages/other/"]

    @Test func `packages for other architectures are skipped with a line each`() throws {
        let result = try pkg("build", ["--platforms", "linux/amd64"] + all)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(
            result.errorText == """
                skipped packages/board/: it is for arm64 only
                skipped packages/other/: it is for riscv64 only

                """)
        #expect(result.outputText.split(separator: "\n").count == 1)
        #expect(result.outputText.contains("me/any:"))
    }

    @Test func `one architecture of several is enough`() throws {
        let result = try pkg("build", ["--platforms", "linux/amd64,linux/arm64"] + all)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText == "skipped packages/other/: it is for riscv64 only\n")
        #expect(result.outputText.split(separator: "\n").count == 2)
    }

    @Test(arguments: ["build", "lock"])
    func `a directory named alone is an error`(command: String) throws {
        let result = try pkg(command, ["--platforms", "linux/amd64", "packages/board"])
        #expect(result.status == 64)
        #expect(result.errorText == "identikit: packages/board is for arm64, not for amd64\n")
    }

    @Test(arguments: ["build", "lock"])
    func `nothing left is an error`(command: String) throws {
        let result = try pkg(command, ["--platforms", "linux/amd64", "packages/board", "packages/other"])
        #expect(result.status == 64)
        #expect(result.errorText.contains("none of the 2 packages is for amd64"))
    }

    @Test func `locks of packages for other architectures stay as they are`() throws {
        let result = try pkg("lock", ["--platforms", "linux/amd64"] + all)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("skipped packages/board/: it is for arm64 only\n"))
        #expect(!result.errorText.contains("packages/board//build.lock.json"))
    }
}
