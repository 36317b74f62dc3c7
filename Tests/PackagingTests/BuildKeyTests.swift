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
    private func key(_ folder: TemporaryFolder, encoder: Int = 1) throws -> SHA256Digest {
        let package = try PackageFolder(folder.path)
        return try BuildKey.digest(
            folder: package, contents: #require(package.recipe.contents), architecture: "amd64", packages: [],
            epoch: BuildStamp().time, encoder: encoder)
    }

    @Test func `an image is made anew by another version of the encoder, and by a change under any name`()
        throws
    {
        let folder = try TemporaryFolder()
        try folder.write("build.yml", "image: a\ncontents: {files: [{path: /, source: tree}]}\n")
        try folder.write("tree/x", "x")
        let change = { (text: String) in
            _ = try Tool.run(
                "sh", ["-e", "-c", "printf \(text) > \"$(printf 'tree/n\\377')\""], in: folder.path)
        }
        try change("one")
        let first = try key(folder)
        #expect(try key(folder) == first)
        #expect(try key(folder, encoder: 2) != first)
        try change("two")
        #expect(try key(folder) != first)
    }
}
