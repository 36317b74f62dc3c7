import Foundation
import Host
import TestSupport
import Testing

/// The hunt for inputs that break readers finds what it is there to find.
@Suite struct FuzzHarnessTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func fuzz(_ arguments: [String]) throws -> Command.Result {
        try Command(
            "\(Executable.productsDirectory)/identikit-fuzz",
            arguments + ["--directory", "\(directory.path)/found"]
        ).run()
    }

    @Test(
        "A reader that misbehaves is found, whatever it does",
        arguments: [
            ("trap", "signal"), ("loop", "seconds of processor time"), ("hoard", "memory"),
            ("recursion", "memory"), ("promise", "a broken promise"), ("seed", "a broken promise"),
        ])
    func mishap(_ name: String, _ what: String) throws {
        let format = "mishap-\(name)"
        let result = try fuzz(["--format", format, "--count", "5000", "--seed", "7", "--findings", "1"])
        #expect(result.status == 1, "\(result.errorText)")
        let lines = result.outputText.split(separator: "\n").map(String.init)
        let found = try #require(lines.first { $0.hasPrefix("FOUND in \(format), seed 7, number ") })
        #expect(found.contains(what))
        #expect(try directory.list("found").count == 1)
        #expect(lines.last?.hasPrefix("fuzz: 1 found in ") == true)
    }

    @Test("What is found breaks again by its seed and number, and as a file")
    func again() throws {
        let first = try fuzz(["--format", "mishap-trap", "--count", "5000", "--findings", "1"])
        let again = try #require(first.outputText.split(separator: "\n").first { $0.contains("again: ") })
        let arguments = again.split(separator: " ").drop { $0 != "--format" }.map(String.init)
        #expect(try fuzz(arguments).status >= 128)
        let file = try #require(try directory.list("found").first)
        #expect(
            try fuzz(["--format", "mishap-trap", "--file", "\(directory.path)/found/\(file)"]).status >= 128)
    }

    @Test("An input depends on its seed and number alone")
    func inputs() throws {
        var inputs: [[UInt8]] = []
        for seed in ["5", "5", "6"] {
            _ = try fuzz(["--format", "cpio", "--seed", seed, "--only", "1234"])
            inputs.append(try directory.read("found/cpio-\(seed)-1234.bin"))
        }
        #expect(inputs[0] == inputs[1])
        #expect(inputs[0] != inputs[2])
    }

    @Test("A run that finds nothing says so, with its seed and the number of inputs")
    func nothing() throws {
        let result = try fuzz(["--format", "cpio,tar", "--count", "50", "--seed", "9"])
        #expect(result.status == 0)
        let last = result.outputText.split(separator: "\n").last
        #expect(last == "fuzz: no crash, no hang, no broken promise in 100 inputs in 2 formats, seed 9")
    }
}
