import Host
import Synchronization
import Testing

@Suite struct CommandTimeLimitTests {
    @Test func aProgramThatTakesTooLongIsKilled() throws {
        let result = try Command("sleep", ["60"], timeLimit: 1).run()
        #expect(result.status == 137 && result.timedOut)
    }

    @Test("The limit also counts for a program that has closed its outputs, and for what a shell waits for")
    func whatItStartedIsKilledToo() throws {
        let ticks = Mutex(0.0)
        for script in ["exec >&- 2>&-; sleep 600", "sleep 600 & echo $! >&2; wait; exit 0"] {
            var command = Command("sh", ["-c", script], timeLimit: 60)
            command.clock = {
                ticks.withLock { ticks in
                    ticks += 10
                    return ticks
                }
            }
            let result = try command.run()
            #expect(result.timedOut && result.status == 137)
            guard let child = Int32(result.errorText.split(separator: "\n").first ?? "") else { continue }
            // Killed, it is gone soon, or waits for the system to clean up.
            let probe =
                "for i in $(seq 1000); do grep '^State:' /proc/\(child)/status | grep -v '[ZX]' || exit 1; sleep 0.01; done"
            let isAlive = try Command("sh", ["-c", probe]).run().status == 0
            #expect(!isAlive)
        }
    }

    @Test func aProgramWithinItsTimeIsLeftAlone() throws {
        let result = try Command("sh", ["-c", "exit 3"], timeLimit: 60).run()
        #expect(result.status == 3 && !result.timedOut)
    }
}
