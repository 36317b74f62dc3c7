import Bytes
import EROFS
import FileTree
import Foundation
import Host
import TestSupport
import Testing

/// What the tools of erofs-utils say of our images, and what we read of theirs.
@Suite struct EROFSOracleTests {
    @Test(
        "fsck.erofs finds nothing wrong with everything that breaks images",
        .enabled(if: Tool.available("fsck.erofs"), "fsck.erofs is not installed"))
    func checked() throws {
        let corpus = try HostileCorpus()
        let folder = try TemporaryFolder()
        let image = try folder.write("image", Image.bytes(corpus.tree, corpus.store))
        let result = try Tool.run("fsck.erofs", ["-d9", "--extract", image])
        let messages = result.errorText.split(separator: "\n").filter { !$0.hasPrefix("<D>") }
        #expect(messages == ["<I> erofs: No errors found"])
    }
}
