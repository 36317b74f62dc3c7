import Bytes
import FileTree
import ISO9660
import TestSupport
import Testing

@Suite struct GoldenTests {
    @Test("what is written stays as it is") func golden() throws {
        let corpus = try HostileCorpus(.usual)
        let joliet = try Image.bytes(corpus.tree, corpus.store)
        let plain = try Image.bytes(corpus.tree, corpus.store, Image.options(joliet: false))
        var options = Image.options()
        options.bootEntries = [
            .bios([UInt8](repeating: 0xF4, count: 5000)),
            .efi(ExtentMap(.bytes("a volume")), alignment: 1 << 20),
        ]
        options.sizeAlignment = 1 << 20
        let boot = try Image.bytes(Image.tree([("a", Image.file())]), CorpusStore(), options)
        try GoldenDigests.check(
            "iso9660", [("corpus", joliet), ("corpus without Joliet", plain), ("boot", boot)])
    }
}
