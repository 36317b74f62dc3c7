import Bytes
import FileTree
import Host
import ISO9660
import TestSupport
import Testing

@Suite struct ISO9660WriterTests {
    @Test(
        "bsdtar reads every path of the corpus",
        .enabled(if: Tool.available("bsdtar"), "bsdtar is not installed"))
    func paths() throws {
        let corpus = try HostileCorpus(.usual.subtracting([.oddNames, .rawNames]))
        let image = try ISO9660Image(
            tree: corpus.tree, options: ISO9660Options(volumeID: "CORPUS", stamp: BuildStamp()))
        var sink = ByteArraySink()
        try image.extents.write(to: &sink, from: corpus.store)
        #expect(UInt64(sink.bytes.count) == image.count)
        let folder = try TemporaryFolder()
        let file = try folder.write("x.iso", sink.bytes)
        let listed = try Tool.run("bsdtar", ["-tf", file], environment: ["LC_ALL": "C.UTF-8"]).outputText
        let expected = corpus.tree.map { $0.path.isEmpty ? "." : $0.path.text }
        #expect(listed.split(separator: "\n").map(String.init).sorted() == expected.sorted())
    }
}
