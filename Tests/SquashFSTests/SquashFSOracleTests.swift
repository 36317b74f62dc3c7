import Bytes
import Digests
import FileTree
import Foundation
import Host
import SquashFS
import TestSupport
import Testing

/// Other people's tools read what we wrote.
@Suite struct SquashFSOracleTests {
    private static let isRoot = geteuid() == 0

    @Test(
        "unsquashfs lists and unpacks every name, kind, mode, owner, time, link, attribute and content",
        .enabled(if: Tool.available("unsquashfs", "find"), "unsquashfs or find is not installed"),
        .enabled(if: isRoot, "unpacking devices needs root"), arguments: [4096, 131_072, 1_048_576])
    func unpacked(_ blockSize: Int) throws {
        let (tree, store) = try Image.sample()
        let folder = try TemporaryFolder()
        let image = try folder.write(
            "image", Image.bytes(tree, store, blockSize: blockSize, jobs: 2))
        try Tool.run("unsquashfs", ["-s", image])
        try Tool.run("unsquashfs", ["-lls", "-n", image])
        let result = try Tool.run(
            "unsquashfs", ["-no-progress", "-strict-errors", "-d", "\(folder.path)/root", image])
        #expect(result.errorText == "")
    }
}
