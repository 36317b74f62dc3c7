internal import Digests
internal import FileTree
internal import Host
internal import TestSupport
internal import Testing

@testable import Packaging

@Suite struct PackageLockTests {
    private func request(_ architecture: String, _ package: String) -> PackageRequest {
        PackageRequest(
            suite: "test", architecture: architecture, packages: [package], excluded: [],
            resolvesDependencies: true)
    }

    @Test func `a lock takes over some architectures and leaves the others as they were written meanwhile`() {
        var file = PackageLock()
        for (architecture, package) in [("amd64", "old"), ("arm64", "theirs"), ("riscv64", "gone")] {
            file.set([], for: request(architecture, package))
        }
        var ours = PackageLock()
        ours.set([], for: request("amd64", "new"))
        ours.set([], for: request("arm64", "before"))
        file.take(["amd64", "riscv64"], from: ours)
        #expect(file.entries.map(\.request) == [request("amd64", "new"), request("arm64", "theirs")])
    }
}

/// What an image is remembered by.
@Suite(.enabled(if: Tool.available("sh"))) struct BuildKeyTests {
    private func key(_ directory: TemporaryDirectory, encoder: Int = 1) throws -> SHA256Digest {
        let package = try PackageDirectory(directory.path)
        return try BuildKey.digest(
            directory: package, contents: #require(package.recipe.contents), architecture: "amd64",
            packages: [],
            epoch: BuildStamp().time, encoder: encoder)
    }

    @Test func `an image is made anew by another version of the encoder, and by a change under any name`()
        throws
    {
        let directory = try TemporaryDirectory()
        try directory.write("build.yml", "image: a\ncontents: {files: [{path: /, source: tree}]}\n")
        try directory.write("tree/x", "x")
        let change = { (text: String) in
            _ = try Tool.run(
                "sh", ["-e", "-c", "printf \(text) > \"$(printf 'tree/n\\377')\""], in: directory.path)
        }
        try change("one")
        let first = try key(directory)
        #expect(try key(directory) == first)
        #expect(try key(directory, encoder: 2) != first)
        try change("two")
        #expect(try key(directory) != first)
    }
}
