import Bytes
import Foundation
import Testing

@testable import Host

/// Without a name while it is written, and, as on file systems that cannot do that, with one.
@Suite(.serialized) final class AtomicFileTests {
    private let folder: String
    private var path: String { "\(folder)/out" }

    init() throws { folder = try Folder.createTemporary(prefix: "identikit-test") }

    deinit { try? Folder.remove(folder) }

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
            #expect(try Folder.names(folder).contains("out") == (text == "second"))
            try file.commit()
            #expect(try contents() == text)
            #expect(try Folder.names(folder) == ["out"])
            #expect(try FileStatus.of(path)?.permissions == 0o640)
        }
    }

    @Test(arguments: [false, true])
    func whatIsNotCommittedLeavesNothing(isNamed: Bool) throws {
        do {
            let file = try begin("half", isNamed: isNamed)
            #expect(try Folder.names(folder).count == (isNamed ? 1 : 0))
            _ = consume file
        }
        #expect(try Folder.names(folder) == [])
    }

    @Test(arguments: [false, true])
    func aReaderOutlivesTheFile(isNamed: Bool) throws {
        let file = try begin("text", isNamed: isNamed)
        let reader = try file.reader()
        try file.commit()
        try Folder.remove(path)
        #expect(try reader.bytes(at: 1, length: 3, of: path) == Array("ext".utf8))
    }

    @Test(arguments: [false, true])
    func aLinkStaysAndItsTargetIsReplaced(isNamed: Bool) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "target")
        try Data("old".utf8).write(to: URL(fileURLWithPath: "\(folder)/target"))
        try begin("new", isNamed: isNamed).commit()
        #expect(try contents() == "new")
        #expect(try Folder.names(folder) == ["out", "target"])
    }

    @Test(arguments: [false, true])
    func aNameThatNoTemporaryNameFitsBesideIsGood(isNamed: Bool) throws {
        let long = "\(folder)/\(String(repeating: "n", count: 255))"
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
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        // A folder and a link with such a name are nobody's temporary file.
        try Folder.create("\(folder)/.identikit-folder.tmp")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/.identikit-links1.tmp", withDestinationPath: kept[0])
        let others = [".identikit-folder.tmp", ".identikit-links1.tmp"]
        // Begun before and after: both are swept around.
        let early = try begin("early", isNamed: true)
        Leftovers.sweep("\(folder)/")
        let late = try begin("late", isNamed: true)
        Leftovers.sweep("\(folder)/")
        #expect(try Folder.names(folder).count == kept.count + others.count + 2)
        try early.commit()
        try late.commit()
        #expect(try contents() == "late")
        #expect(Set(try Folder.names(folder).map(\.text)) == Set(kept + others + ["out"]))
    }

    @Test func theFirstFileInAFolderSweepsIt() throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/.identikit-a1B2c3.tmp"))
        try begin("text", isNamed: false).commit()
        #expect(try Folder.names(folder) == ["out"])
    }

    @Test func makersAndSweepersAtOnceLoseNothing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask { [folder] in
                    for round in 0..<200 {
                        var file = try AtomicFile(path: "\(folder)/\(number)-\(round)", isNamed: true)
                        try file.write([1])
                        try file.commit()
                    }
                }
                group.addTask { [folder] in for _ in 0..<200 { Leftovers.sweep("\(folder)/") } }
            }
            try await group.waitForAll()
        }
        #expect(try Folder.names(folder).count == 800)
    }

    @Test func aScratchFileIsReadByAnotherProgram() throws {
        var file = try AtomicFile.scratch()
        try file.write(Array("text".utf8))
        #expect(try Command("cat", [file.pathForPrograms]).run().outputText == "text")
        _ = consume file
    }
}
