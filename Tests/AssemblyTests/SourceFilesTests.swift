import Bytes
import Digests
import FileTree
import Host
import TestSupport
import Testing

@testable import Assembly

@Suite("Files of the build machine are read through once and referred to")
struct SourceFilesTests {
    private let directory: TemporaryDirectory
    private let sources: SourceFiles
    private let large = [UInt8]("0123456789abcdef".utf8) + [UInt8](repeating: 7, count: 100_000)

    init() throws {
        directory = try TemporaryDirectory()
        sources = SourceFiles(directory: "\(directory.path)/copies")
    }

    private func path(_ name: String) -> String { "\(directory.path)/\(name)" }

    private func contents(_ name: String) throws -> FileContents {
        try #require(try sources.contents(ofFile: name.hasPrefix("/") ? name : path(name), optional: false))
    }

    private func bytes(_ contents: FileContents) throws -> [UInt8] {
        var sink = ByteArraySink()
        try sources.store(over: NoBlobs()).copy(contents, to: &sink)
        return sink.bytes
    }

    private struct NoBlobs: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
            throw .unexpectedEnd(of: "\(digest)", offset: 0)
        }
    }

    private func problem(_ path: String) -> String {
        do throws(SourceProblem) {
            _ = try sources.contents(ofFile: path, optional: false)
            return ""
        } catch { return error.message(source: path) }
    }

    @Test("A large file is a reference with its digest, a small one is kept")
    func references() throws {
        try directory.write("large", large)
        try directory.write("small", "x")
        try directory.write("none", "")
        let contents = try contents("large")
        guard case .blob(_, 0, UInt64(large.count), SHA256Digest(hashing: large)) = contents else {
            Issue.record("\(contents.count) bytes in memory")
            return
        }
        #expect(try bytes(contents) == large)
        #expect(try self.contents("small") == .bytes("x"))
        #expect(try self.contents("none") == .empty)
        _ = try sources.unchanged()
    }

    @Test("What the file system has no size for is read to its end, once")
    func unknownSizes() throws {
        let status = try Tool.run("cat", ["/proc/version"]).output
        #expect(try contents("/proc/version") == .bytes(ByteString(status)))
        #expect(try contents("/dev/null") == .empty)
        try directory.write("large", [UInt8](repeating: 1, count: 2_000_000))
        try Tool.run("mkfifo", [path("pipe")])
        try Tool.run("sh", ["-c", "(exec >/dev/null 2>&1; cat large >pipe) &"], in: directory.path)
        let piped = try contents("pipe")
        #expect(piped.count == 2_000_000)
        #expect(try contents("pipe") == piped, "a second entry with the same pipe")
        #expect(try bytes(piped) == [UInt8](repeating: 1, count: 2_000_000))
        #expect(try directory.list("copies") == [], "the copy has no name")
        _ = try sources.unchanged()
    }

    @Test("A file that was changed, cut short or replaced since is noticed; one that is as it was is not")
    func changes() throws {
        try directory.write("a", large)
        let contents = try contents("a")
        try Tool.run("touch", ["-d", "2001-01-01", path("a")])
        _ = try sources.unchanged()
        // As long as before, with the time of before.
        try Tool.run(
            "sh", ["-c", "cp -p a b; printf X | dd of=a conv=notrunc status=none; touch -r b a"],
            in: directory.path)
        #expect(throws: StreamError.changed(path: path("a"))) { _ = try sources.unchanged() }
        try directory.write("a", Array(large[..<50]))
        #expect(throws: StreamError.changed(path: path("a"))) { _ = try sources.unchanged() }
        #expect(throws: StreamError.changed(path: path("a"))) { try bytes(contents) }
        try Directory.remove(path("a"))
        #expect(throws: StreamError.changed(path: path("a"))) { _ = try sources.unchanged() }
        try directory.write("a", large)
        _ = try sources.unchanged()
    }

    @Test("Each problem comes with advice of its own")
    func problems() throws {
        let missing = problem(path("absent"))
        #expect(missing.contains("not found") && missing.contains("optional: true"), "\(missing)")
        try Tool.run("ln", ["-s", "/no/such", path("dangling")])
        let dangling = problem(path("dangling"))
        #expect(dangling.contains("/no/such") && dangling.contains("optional: true"), "\(dangling)")
        for (source, words) in [(directory.path, "is a directory"), ("/dev/zero", "never ends")] {
            let message = problem(source)
            #expect(message.contains(words) && !message.contains("optional"), "\(message)")
        }
        #expect(try sources.contents(ofFile: path("absent"), optional: true) == nil)
    }
}
