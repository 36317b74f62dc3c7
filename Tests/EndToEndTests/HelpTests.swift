import Host
import Outputs
import TestSupport
import Testing

@Suite struct HelpTests {
    /// The words that name each command below `command`, itself included, as the help lists them.
    private func commands(below command: [String] = [], in directory: String) throws -> [[String]] {
        let text = try Executable.run(command + ["--help"], in: directory).outputText
        var found = [command]
        var isListing = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("SUBCOMMANDS:") {
                isListing = true
            } else if line.isEmpty {
                isListing = false
            } else if isListing, line.hasPrefix("  "), line.dropFirst(2).first != " ",
                let name = line.split(separator: " ").first
            {
                found += try commands(below: command + [String(name)], in: directory)
            }
        }
        return found
    }

    @Test func everyCommandHasHelp() throws {
        let directory = try TemporaryDirectory()
        let known = try commands(in: directory.path)
        for command in [["build"], ["pkg", "build"], ["cache", "ls"], ["run", "qemu"]] {
            #expect(known.contains(command), "\(command) is not in \(known)")
        }
        var wordings: [[String]] = [["pkg"]]
        for command in known { wordings += [command + ["--help"], command + ["-h"], ["help"] + command] }
        for arguments in wordings {
            let result = try Executable.run(arguments, in: directory.path)
            #expect(result.status == 0, "\(arguments): \(result.errorText)")
            #expect(result.outputText.contains("USAGE: identikit"), "\(arguments): \(result.outputText)")
            #expect(!result.outputText.contains("ArgumentParser"), "\(arguments)")
            #expect(result.errorText == "", "\(arguments)")
        }
    }

    @Test func everyFormatIsInTheHelpOfBuild() throws {
        let directory = try TemporaryDirectory()
        let text = try Executable.run(["build", "--help"], in: directory.path).outputText
        let words = Set(text.split { " ,.:;()\n".contains($0) }.map(String.init))
        for format in OutputFormats.all { #expect(words.contains(format.name), "\(format.name)") }
    }

    @Test func everyExitCodeIsInTheHelp() throws {
        let directory = try TemporaryDirectory()
        let text = try Executable.run(["--help"], in: directory.path).outputText
        let words = Set(text.split { " \n".contains($0) }.map(String.init))
        for code in ["0", "64", "65", "66", "69", "70", "73", "74", "77", "130"] {
            #expect(words.contains(code), "\(code)")
        }
    }
}
