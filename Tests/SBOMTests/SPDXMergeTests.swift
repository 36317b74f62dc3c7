import Bytes
import FileTree
import JSON
import SBOM
import Testing

@Suite struct SPDXMergeTests {
    private func document(_ file: String) -> [UInt8] {
        Array(
            """
            {"predicateType": "https://spdx.dev/Document", "predicate": {
              "spdxVersion": "SPDX-2.3",
              "packages": [{"name": "p", "SPDXID": "SPDXRef-p", "versionInfo": "1 <2>"}],
              "files": [{"fileName": "\(file)", "SPDXID": "SPDXRef-f"}],
              "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": "SPDXRef-p",
                                 "relationshipType": "DESCRIBES"}]}}
            """.utf8)
    }

    private func merged(_ files: [(String, ByteString)], epoch: Int64 = BuildStamp.defaultEpoch) throws
        -> JSONValue
    {
        var merge = SPDXMerge()
        for (file, prefix) in files { try merge.add(document(file), prefix: prefix, what: "test") }
        let stamp = BuildStamp(epoch: epoch)
        return try JSONValue(parsing: merge.merged(stamp: stamp, created: stamp.time))
    }

    @Test func listsAreAppendedInOrderUnderTheirPrefix() throws {
        let value = try merged([("/etc/./a", ""), ("usr/../b", "containers/services/s/lower/")])
        let names = value["files"]?.array?.compactMap { $0["fileName"]?.string }
        #expect(names == ["/etc/a", "containers/services/s/lower/b"])
        let packages = value["packages"]?.array?.map { $0["packageFileName"]?.string }
        #expect(packages == [nil, "containers/services/s/lower"])
        #expect(value["relationships"]?.array?.count == 2)
        #expect(value["creationInfo"]?["created"]?.string == "2017-04-18T16:30:00Z")
    }

    @Test func theNamespaceFollowsTheContentAndNothingElse() throws {
        let first = try merged([("a", "")])["documentNamespace"]?.string
        #expect(try first == merged([("a", "")])["documentNamespace"]?.string)
        #expect(try first != merged([("b", "")])["documentNamespace"]?.string)
        let uuid = try #require(first?.split(separator: "sbom-").last)
        #expect(Array(uuid)[14] == "8", "version 8, RFC 9562")
        #expect("89ab".contains(Array(uuid)[19]), "variant 10, RFC 9562")
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
    ])
    func timesAreWrittenInUTC(seconds: Int64, text: String) throws {
        #expect(try merged([("a", "")], epoch: seconds)["creationInfo"]?["created"]?.string == text)
    }

    @Test(arguments: ["", "[", "{}", #"{"predicate": {"spdxVersion": "SPDX-3.0"}}"#])
    func whatIsNotSPDXIsRefused(text: String) {
        var merge = SPDXMerge()
        #expect(throws: SBOMError.self) { try merge.add(Array(text.utf8), prefix: "", what: "test") }
    }
}
