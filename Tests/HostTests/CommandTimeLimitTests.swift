import Host
import Testing

@Suite struct CommandTimeLimitTests {
    @Test func aProgramThatTakesTooLongIsKilled() throws {
        let result = try Command("sleep", ["60"], timeLimit: 1).run()
        #expect(result.status == 137)
    }

    @Test func aProgramWithinItsTimeIsLeftAlone() throws {
        let result = try Command("sh", ["-c", "exit 3"], timeLimit: 60).run()
        #expect(result.status == 3)
    }
}
