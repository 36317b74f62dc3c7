import Foundation
import Host
import TestSupport
import Testing

/// A small file system of its own, gone with the last reference.
final class SmallDisk: Sendable {
    let directory: TemporaryDirectory
    var path: String { "\(directory.path)/disk" }

    /// Nil where this process may not mount.
    init?(bytes: Int) {
        guard HostEnvironment.isRoot, let directory = try? TemporaryDirectory() else { return nil }
        self.directory = directory
        guard (try? Directory.create("\(directory.path)/disk")) != nil else { return nil }
        let arguments = ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", "\(directory.path)/disk"]
        guard (try? Command("mount", arguments).run().status) == 0 else { return nil }
    }

    deinit { _ = try? Command("umount", [path]).run() }
}

@Suite(
    "A full disk is told, leaves nothing behind, and the next build works",
    .enabled(if: SmallDisk(bytes: 1 << 16) != nil, "needs the right to mount"))
struct FullDiskTests {
    private let directory: TemporaryDirectory
    private let sample: LayoutBuilder

    init() throws {
        directory = try TemporaryDirectory()
        sample = try SampleKit.layout()
        try directory.write("kit.yml", SampleKit.yaml)
        try directory.write("home/greeting", SampleKit.greeting)
        try Directory.create("\(directory.path)/out")
    }

    private func build(_ arguments: [String], cache: String? = nil) throws -> Command.Result {
        try Executable.run(
            ["build", "-q", "--cache", cache ?? sample.path, "--arch", "amd64"] + arguments + ["kit.yml"],
            in: directory.path)
    }

    @Test(
        "One for the outputs",
        arguments: ["tar", "kernel+initrd", "tar-kernel-initrd", "tar,docker", "tar,kernel+initrd"])
    func outputs(_ formats: String) throws {
        let good = try build(["-f", formats, "--dir", "out"])
        #expect(good.status == 0, "\(good.errorText)")
        let disk = try #require(SmallDisk(bytes: try Self.size("\(directory.path)/out") * 9 / 10))
        let result = try build(["-f", formats, "--dir", disk.path])
        #expect(result.status == 74, "\(result.errorText)")
        let lines = result.errorText.split(separator: "\n").filter { !$0.hasPrefix("warning: ") }
        Workshop.expectClear(lines.joined(separator: "\n"), #_sourceLocation)
        #expect(
            result.errorText.contains("\(disk.path)/kit")
                && result.errorText.contains("No space left on device"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
        #expect(try build(["-f", formats, "--dir", "out"]).status == 0)
    }

    @Test("One for the cache")
    func cache() throws {
        let disk = try #require(SmallDisk(bytes: try Self.size(sample.path) + 200_000))
        let cache = "\(disk.path)/cache"
        try Tool.run("cp", ["-r", sample.path, cache])
        let result = try build(["-f", "tar"], cache: cache)
        #expect(result.status == 74, "\(result.errorText)")
        Workshop.expectClear(result.errorText, #_sourceLocation)
        #expect(result.errorText.contains("No space left on device; make room"), "\(result.errorText)")
        let hidden = try FileManager.default.subpathsOfDirectory(atPath: cache).filter {
            ($0 as NSString).lastPathComponent.hasPrefix(".") && $0 != ".lock"
        }
        #expect(hidden.isEmpty, "left behind: \(hidden)")
        #expect(try directory.list().contains("kit.tar") == false)
        try Tool.run("mount", ["-o", "remount,size=64m", disk.path])
        let next = try build(["-f", "tar"], cache: cache)
        #expect(next.status == 0, "\(next.errorText)")
    }

    /// Bytes of all files below `directory`, each in whole pages.
    private static func size(_ directory: String) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: directory).reduce(0) { sum, name in
            guard let status = try FileStatus.of("\(directory)/\(name)"), status.kind == .regular else {
                return sum
            }
            return sum + (Int(status.size) + 4095) / 4096 * 4096
        }
    }
}
