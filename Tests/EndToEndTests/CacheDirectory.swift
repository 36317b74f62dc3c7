import Bytes
import Foundation
import Host
import OCI
import TestSupport
import Testing

/// A cache of a test's own that nobody holds open, and a directory to work in.
struct CacheDirectory {
    let directory: TemporaryDirectory
    var path: String { "\(directory.path)/cache" }

    /// Images by name, each with one list of members a layer.
    init(_ images: [(name: String, layers: [[TestMember]])]) throws {
        directory = try TemporaryDirectory()
        let builder = try LayoutBuilder(at: path)
        for image in images { try builder.image(image.name, layers: image.layers) }
    }

    static func sample() throws -> CacheDirectory {
        let shared: [TestMember] = [.directory("bin"), .file("bin/sh", "a shell\n", mode: 0o755)]
        return try CacheDirectory([
            ("sample/two:1", [shared, [.file("two", "2")]]), ("sample/one:1", [shared, [.file("one", "1")]]),
        ])
    }

    func run(_ arguments: [String], cache: String? = nil, input: [UInt8] = []) throws -> Command.Result {
        try Executable.run(
            ["cache"] + arguments + ["--cache", cache ?? path], in: directory.path, input: input)
    }

    /// Runs a command that must succeed, and returns what it printed.
    @discardableResult
    func succeed(
        _ arguments: [String], cache: String? = nil, input: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let result = try run(arguments, cache: cache, input: input)
        #expect(result.status == 0, "\(arguments): \(result.errorText)", sourceLocation: sourceLocation)
        return result.outputText
    }

    func fail(
        _ arguments: [String], _ status: Int32, saying part: String, cache: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try run(arguments, cache: cache)
        #expect(
            result.status == status, "\(arguments): \(result.outputText)\(result.errorText)",
            sourceLocation: sourceLocation)
        #expect(result.errorText.contains(part), "\(result.errorText)", sourceLocation: sourceLocation)
        Workshop.expectClear(result.errorText, sourceLocation)
    }

    /// Every file below the cache with its size, sorted.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted().map { name in
            "\(name) \(try FileStatus.of("\(path)/\(name)")?.size ?? 0)"
        }
    }
}
