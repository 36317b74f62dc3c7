import Bytes
import Host
import OCI
import TestSupport
import Testing

/// `import Identikit` builds images.
@Suite struct LibraryTests {
    @Test("The program in README.md builds what the command builds")
    func example() throws {
        let builder = try LayoutBuilder()
        let directory = try TemporaryDirectory()
        try builder.image("sample/thing:1", layers: [[.file("bin/sh", "a shell\n", mode: 0o755)]])
        try Tool.run("cp", ["-R", builder.path, "\(directory.path)/cache"])
        try directory.write("linuxkit.yml", "init:\n  - sample/thing:1\n")
        let example = try Command(
            "\(Executable.productsDirectory)/identikit-example", workingDirectory: directory.path
        ).runSuccessfully()
        let command = try Executable.run(
            ["build", "--cache", "cache", "--dir", "commanded", "linuxkit.yml"], in: directory.path)
        #expect(command.status == 0, "\(command.errorText)")
        let files = try directory.list("commanded")
        #expect(try directory.list("out") == files && !files.isEmpty)
        for file in files {
            #expect(try directory.read("out/\(file)") == directory.read("commanded/\(file)"))
        }
        #expect(example.outputText.contains("out/linuxkit-initrd.img"))
    }
}
