import Bytes
import Foundation
import Testing

@testable import Host

/// Without a name while it is written, and, as on file systems that cannot do that, with one.
@Suite(.serialized) final class AtomicFileTests {
    private let directory: String
    private var path: String { "\(directory)/out" }

    init() throws { directory = try Directory.createTemporary(prefix: "identikit-test") }

    deinit { try? Directory.remove(directory) }

    private func begin(_ text: String, isNamed: Bool) throws -> AtomicFile {
        var file = try AtomicFile(path: path, permissions: 0o640, isNamed: isNamed)
        try file.write(Array(text.utf8))
        return file
    }

    private func contents() throws -> String {
        let file = try ReadableFile(path: path)
        return String(decoding: try file.bytes(at: 0, length: Int(file.count), of: path), as: UTF8.self)
    }

    @Test(arguments: [false, true])
    func aFileAppearsWholeAndReplacesWhatWasThere(isNamed: Bool) throws {
        for text in ["first", "second"] {
            let file = try begin(text, isNamed: isNamed)
            #expect(try Directory.names(directory).contains("out") == (text == "second"))
            try file.commit()
            #expect(try contents() == text)
            #expect(try Directory.names(directory) == ["out"])
            #expect(try FileStatus.of(path)?.permissions == 0o640)
        }
    }

    @Test(arguments: [false, true])
    func whatIsNotCommittedLeavesNothing(isNamed: Bool) throws {
        do {
            let file = try begin("half", isNamed: isNamed)
            #expect(try Directory.names(directory).count == (isNamed ? 1 : 0))
            _ = consume file
        }
        #expect(try Directory.names(directory) == [])
    }

    @Test(arguments: [false, true])
    func aReaderOutlivesTheFile(isNamed: Bool) throws {
        let file = try begin("text", isNamed: isNamed)
        let reader = try file.reader()
        try file.commit()
        try Directory.remove(path)
        #expect(try reader.bytes(at: 1, length: 3, of: path) == Array("ext".utf8))
    }

    @Test(arguments: [false, true])
    func aLinkStaysAndItsTargetIsReplaced(isNamed: Bool) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "target")
        try Data("old".utf8).write(to: URL(fileURLWithPath: "\(directory)/target"))
        try begin("new", isNamed: isNamed).commit()
        #expect(try contents() == "new")
        #expect(try Directory.names(directory) == ["out", "target"])
    }

    @Test(arguments: [false, true])
    func aNameThatNoTemporaryNameFitsBesideIsGood(isNamed: Bool) throws {
        let long = "\(directory)/\(String(repeating: "n", count: 255))"
        let file = try AtomicFile(path: long, isNamed: isNamed)
        try file.commit()
        #expect(try FileStatus.of(long) != nil)
    }

    @Test func aSweepTakesWhatKilledProcessesLeftAndNothingElse() throws {
        let kept = [
            // Another program's temporary file, one like ours, and files of people's.
            ".out.a1B2c3", ".identikit-a1B2c3", ".identikit-a1B2c.tmp", ".identikit-a1B2c34.tmp",
            "identikit-a1B2c3.tmp", ".identikit-a1-2c3.tmp",
        ]
        let leftovers = [".identikit-a1B2c3.tmp", ".identikit-zzzzzz.tmp"]
        for name in kept + leftovers {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
        }
        // A directory and a link with such a name are nobody's temporary file.
        try Directory.create("\(directory)/.identikit-folder.tmp")
        try FileManager.default.createSymbolicLink(
            atPath: "\(directory)/.identikit-links1.tmp", withDestinationPath: kept[0])
        let others = [".identikit-folder.tmp", ".identikit-links1.tmp"]
        // Begun before and after: both are swept around.
        let early = try begin("early", isNamed: true)
        Leftovers.sweep("\(directory)/")
        let late = try begin("late", isNamed: true)
        Leftovers.sweep("\(directory)/")
        #expect(try Directory.names(directory).count == kept.count + others.count + 2)
        try early.commit()
        try late.commit()
        #expect(try contents() == "late")
        #expect(Set(try Directory.names(directory).map(\.text)) == Set(kept + others + ["out"]))
    }

    @Test func theFirstFileInADirectorySweepsIt() throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(directory)/.identikit-a1B2c3.tmp"))
        try begin("text", isNamed: false).commit()
        #expect(try Directory.names(directory) == ["out"])
    }

    @Test func makersAndSweepersAtOnceLoseNothing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask { [directory] in
                    for round in 0..<200 {
                        var file = try AtomicFile(path: "\(directory)/\(number)-\(round)", isNamed: true)
                        try file.write([1])
                        try file.commit()
                    }
                }
                group.addTask { [directory] in for _ in 0..<200 { Leftovers.sweep("\(directory)/") } }
            }
            try await group.waitForAll()
        }
        #expect(try Directory.names(directory).count == 800)
    }

    @Test func aScratchFileIsReadByAnotherProgram() throws {
        var file = try AtomicFile.scratch()
        try file.write(Array("text".utf8))
        #expect(try Command("cat", [file.pathForPrograms]).run().outputText == "text")
        _ = consume file
    }
}
