import Host
import Testing

@Suite struct CommandTests {
    @Test func outputErrorsAndStatusComeBack() throws {
        let result = try Command("sh", ["-c", "cat; echo oops >&2; exit 3"], input: Array("in".utf8)).run()
        #expect(result.outputText == "in")
        #expect(result.errorText == "oops\n")
        #expect(result.status == 3)
    }

    @Test func aSignalIsReported() throws {
        #expect(try Command("sh", ["-c", "kill -TERM $$"]).run().status == 128 + 15)
    }

    @Test func moreThanAPipeHoldsGoesBothWays() throws {
        let input = [UInt8](repeating: 7, count: 1 << 20)
        #expect(try Command("cat", [], input: input).run().output == input)
    }

    @Test func aProgramMayLeaveItsInput() throws {
        let input = [UInt8](repeating: 7, count: 1 << 20)
        #expect(try Command("true", [], input: input).run().status == 0)
    }

    @Test func environmentAndDirectoryAreTheCallers() throws {
        let command = Command(
            "sh", ["-c", "echo $A; pwd"], environment: ["A": "b"], workingDirectory: "/usr")
        #expect(try command.run().outputText == "b\n/usr\n")
    }

    @Test func aMissingProgramIsNamed() {
        #expect(throws: CommandError.notFound(program: "no-such-program")) {
            try Command("no-such-program").run()
        }
    }

    @Test(arguments: 0..<16)
    func manyAtOnceDoNotWaitForEachOther(index: Int) throws {
        #expect(try Command("cat", [], input: [UInt8(index)]).run().output == [UInt8(index)])
    }
}
