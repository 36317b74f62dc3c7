import Host
import Outputs
import TestSupport
import Testing

@Suite struct HelpTests {
    @Test(arguments: [
        ["--help"], ["build", "--help"], ["help", "build"], ["pkg", "--help"], ["pkg", "build", "-h"],
        ["cache", "--help"], ["cache", "ls", "--help"], ["cache", "rm", "--help"],
        ["cache", "clean", "--help"],
        ["cache", "import", "--help"], ["cache", "export", "--help"], ["cache", "du", "--help"],
        ["cache", "verify", "--help"], ["cache", "pull", "--help"], ["cache", "push", "--help"],
        ["push", "--help"], ["push", "oci", "--help"], ["pull", "--help"], ["pull", "oci", "--help"],
        ["pkg", "lock", "--help"], ["pkg", "show-tag", "--help"],
        ["run", "--help"],
        ["run", "qemu", "--help"],
        ["version", "--help"], ["pkg"],
    ])
    func everyCommandHasHelp(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let result = try Executable.run(arguments, in: folder.path)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains("USAGE: identikit"), "\(result.outputText)")
        #expect(!result.outputText.contains("ArgumentParser"))
        #expect(result.errorText == "")
    }

    @Test func everyFormatIsInTheHelpOfBuild() throws {
        let folder = try TemporaryFolder()
        let text = try Executable.run(["build", "--help"], in: folder.path).outputText
        let words = Set(text.split { " ,.:;()\n".contains($0) }.map(String.init))
        for format in OutputFormats.all { #expect(words.contains(format.name), "\(format.name)") }
    }

    @Test func everyExitCodeIsInTheHelp() throws {
        let folder = try TemporaryFolder()
        let text = try Executable.run(["--help"], in: folder.path).outputText
        let words = Set(text.split { " \n".contains($0) }.map(String.init))
        for code in ["0", "64", "65", "66", "69", "70", "73", "74", "77", "130"] {
            #expect(words.contains(code), "\(code)")
        }
    }
}
