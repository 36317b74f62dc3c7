import Testing

@Suite struct ForbiddenTests {
    /// The clock, chance, the environment and directories are asked for in Host alone:
    /// elsewhere they could reach an output.
    @Test func onlyHostAsksForWhatVaries() throws {
        let forbidden = [
            "Date()", "UUID()", ".random(", "clock_gettime", "gettimeofday", "getenv(", "ProcessInfo",
            "arc4random", "SystemRandomNumberGenerator", "contentsOfDirectory", "readdir(", "opendir(",
            "Date.now", "ContinuousClock", "SuspendingClock", "DispatchTime", ".shuffled(", ".randomElement(",
            "FileManager", "Locale.current", "TimeZone.current", "NSUserName", "gethostname",
        ]
        for file in try SourceFile.all() where file.layer != "Host" {
            for (index, line) in file.lines.enumerated() {
                for word in forbidden where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1): \(word) belongs in Host")
                }
            }
        }
    }

    /// What makes outputs is given all that varies, as parameters: it does not even ask Host.
    @Test func whatMakesOutputsAsksNobody() throws {
        let modules: Set = ["KitConfig", "Assembly", "Outputs", "SBOM"]
        for file in try SourceFile.all() where modules.contains(file.module) {
            for (index, line) in file.lines.enumerated() {
                for word in ["HostClock", "HostEnvironment", "HostRandom"] where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1): \(word) is for callers to ask")
                }
            }
        }
    }

    @Test func nothingTrapsOnPurpose() throws {
        let forbidden = [
            "try!", " as! ", "fatalError(", "preconditionFailure(", "@unchecked Sendable", "TO" + "DO",
            "FIX" + "ME",
        ]
        for file in try SourceFile.all() {
            for (index, line) in file.lines.enumerated() {
                for word in forbidden where line.contains(word) {
                    // A proof beside it makes an exception readable; nothing else does.
                    let proven = index > 0 && file.lines[index - 1].contains("// Proof:")
                    #expect(proven, "\(file.path):\(index + 1): \(word)")
                }
            }
        }
    }

    @Test func filesStaySmall() throws {
        let long = try SourceFile.all().filter { $0.lines.count > 400 }.map {
            "\($0.path): \($0.lines.count)"
        }
        #expect(long.isEmpty, "each of these is two things: \(long)")
    }
}
