import Bytes
import TestSupport
import Testing

@testable import Comparison

@Suite struct FileDifferenceTests {
    private func difference(_ one: [UInt8], _ other: [UInt8]) throws -> FileDifference? {
        let directory = try TemporaryDirectory()
        return try FileDifference.first(try directory.write("a", one), try directory.write("b", other))
    }

    @Test("Equal files do not differ", arguments: [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
    func equal(count: Int) throws {
        let bytes = Disks.noise(count)
        #expect(try difference(bytes, bytes) == nil)
    }

    @Test("The first byte that differs is found", arguments: [0, 5, (1 << 20) - 1, 1 << 20, 2_999_999])
    func byte(place: Int) throws {
        let bytes = Disks.noise(3_000_000)
        var other = bytes
        other[place] ^= 1
        if place + 9 < other.count { other[place + 9] ^= 1 }
        let found = try #require(try difference(bytes, other))
        #expect(found.offset == UInt64(place) && found.bytes.0.first == bytes[place])
        #expect("\(found)".hasPrefix("at byte \(place): "))
    }

    @Test("A file that ends earlier differs where it ends")
    func shorter() throws {
        let bytes = Disks.noise(2_000_000)
        let found = try #require(try difference(bytes, Array(bytes.dropLast(1000))))
        #expect(found.offset == 1_999_000 && found.bytes.1.isEmpty)
        #expect("\(found)".hasPrefix("2000000 and 1999000 bytes, first at byte 1999000: "))
        #expect("\(found)".hasSuffix("the end"))
    }
}

@Suite struct ReproducibilityCheckTests {
    private func check(_ command: String, outputs: [String], rounds: Int = 5) throws -> CheckReport {
        try ReproducibilityCheck(
            CheckedBuild(.command(command, outputs: outputs)), rounds: Circumstances.rounds(rounds)
        ).run { _ in }
    }

    @Test("A command whose output is always the same passes")
    func same() throws {
        let directory = try TemporaryDirectory()
        let report = try check("echo same > \(directory.path)/out", outputs: ["\(directory.path)/out"])
        #expect(report.isReproducible && report.rounds.count == 5 && report.files.map(\.name) == ["out"])
    }

    @Test(
        "Time zone, locale, umask and home reach a command, and show",
        arguments: ["date -u +%N", "echo $TZ", "echo $LC_ALL", "umask", "echo ~", "echo $$"])
    func different(command: String) throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/out"
        let report = try check("(\(command)) > \(path)", outputs: [path])
        #expect(!report.isReproducible, "\(command)")
    }

    @Test("A failure names its round; a missing output is an error")
    func failures() throws {
        #expect(throws: CheckError.failed(round: "as usual, with your cache", status: 3, message: "no\n")) {
            try check("echo no >&2; exit 3", outputs: ["x"])
        }
        #expect(throws: CheckError.outputMissing(path: "/nonexistent/x")) {
            try check("true", outputs: ["/nonexistent/x"])
        }
    }

    @Test("Outputs of somebody else are compared by name")
    func other() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/out"
        try directory.write("same/out", "text\n")
        try directory.write("other/out", "test\n")
        try directory.write("none/x", "")
        for (name, words) in [("same", nil), ("other", "at byte 2"), ("none", "missing")] {
            var check = ReproducibilityCheck(
                CheckedBuild(.command("echo text > \(path)", outputs: [path])),
                rounds: Circumstances.rounds(2))
            check.other = "\(directory.path)/\(name)"
            let report = try check.run { _ in }
            #expect(report.isReproducible == (words == nil), "\(name)")
            if let words { #expect("\(report.files[0].otherDifference!)".contains(words)) }
        }
    }
}
