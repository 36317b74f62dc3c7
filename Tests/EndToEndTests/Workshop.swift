import Bytes
import Foundation
import Host
import TestSupport
import Testing

/// A directory to build in, and a cache with one small image: where failures are tried out.
struct Workshop {
    let directory = try? TemporaryDirectory()
    let builder: LayoutBuilder
    let path: String

    /// `layers` are those of the image `sample/thing:1`.
    init(layers: [[TestMember]] = [Workshop.members]) throws {
        builder = try LayoutBuilder()
        try builder.image("sample/thing:1", layers: layers)
        path = try #require(directory?.path)
        try directory?.write("good.yml", "init:\n  - sample/thing:1\n")
    }

    static let members: [TestMember] = [.directory("bin"), .file("bin/sh", "a shell\n", mode: 0o755)]

    func write(_ name: String, _ text: String) throws { try directory?.write(name, text) }

    /// Builds with the image's cache, asking no registry.
    func build(_ arguments: [String], input: String = "") throws -> Command.Result {
        try Executable.run(
            ["build", "--offline", "--cache", builder.path, "--arch", "amd64"] + arguments, in: path,
            input: Array(input.utf8))
    }

    /// Every name below the directory, hidden ones too, sorted.
    func names() throws -> [String] {
        try (FileManager.default.subpathsOfDirectory(atPath: path)).sorted()
    }

    /// The image's only layer in the cache.
    func layerPath() throws -> String {
        let blobs = "\(builder.path)/blobs/sha256"
        let largest = try FileManager.default.contentsOfDirectory(atPath: blobs).map { "\(blobs)/\($0)" }
            .max {
                (try? Data(contentsOf: URL(fileURLWithPath: $0)).count) ?? 0
                    < (try? Data(contentsOf: URL(fileURLWithPath: $1)).count) ?? 0
            }
        return try #require(largest)
    }

    /// A failed build says one clear thing, has the right exit code, leaves nothing behind, and a good build follows.
    func expectFailure(
        _ arguments: [String], status: Int32, saying parts: [String], input: String = "",
        goodBuildFollows: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try names()
        let result = try build(arguments, input: input)
        let text = result.errorText
        #expect(result.status == status, "\(text)", sourceLocation: sourceLocation)
        for part in parts {
            #expect(text.contains(part), "\"\(part)\" is not in: \(text)", sourceLocation: sourceLocation)
        }
        Self.expectClear(text, sourceLocation)
        #expect(result.output.isEmpty, "standard output is for results", sourceLocation: sourceLocation)
        #expect(try names() == before, "something was left behind", sourceLocation: sourceLocation)
        if goodBuildFollows { try expectGoodBuild(sourceLocation) }
    }

    /// For people: of one line, and nothing of how Swift prints values.
    static func expectClear(_ text: String, _ sourceLocation: SourceLocation) {
        #expect(!text.isEmpty, sourceLocation: sourceLocation)
        for dump in [
            "Error(", "Optional(", "operation:", "errno", "system(", "stream(", "Swift.", "[\"", "Fatal",
        ] {
            #expect(!text.contains(dump), "\"\(dump)\" in: \(text)", sourceLocation: sourceLocation)
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count == 1, "more than one line: \(text)", sourceLocation: sourceLocation)
        #expect(text.hasPrefix("identikit: "), "\(text)", sourceLocation: sourceLocation)
        #expect(text.utf8.count < 600, "too long: \(text)", sourceLocation: sourceLocation)
    }

    func expectGoodBuild(_ sourceLocation: SourceLocation = #_sourceLocation) throws {
        let result = try build(["-f", "tar", "-o", "good.tar", "good.yml"])
        #expect(result.status == 0, "the next build: \(result.errorText)", sourceLocation: sourceLocation)
        try Directory.remove("\(path)/good.tar")
    }
}
