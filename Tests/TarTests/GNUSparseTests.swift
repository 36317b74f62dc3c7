import Bytes
import FileTree
import Tar
import TestSupport
import Testing

/// What GNU tar makes of files with holes, in all its forms.
@Suite(.enabled(if: Tool.available("tar"), "tar is not installed")) struct GNUSparseTests {
    @Test("Every form is read, and holds what the files hold", arguments: SparseArchive.forms)
    func forms(form: String) throws {
        let directory = try TemporaryDirectory()
        try SparseArchive.fill(directory)
        var reader = TarReader(
            ByteArraySource(try SparseArchive.archive(directory, form: form)), acceptsSparse: true)
        var found: [String] = []
        var sparse = 0
        while let member = try reader.next() {
            let name = member.header.name.text
            found.append(name)
            if member.sparseMap != nil { sparse += 1 }
            #expect(member.header.typeFlag == .regular)
            #expect(!member.header.records.contains { $0.key.hasPrefix("GNU.sparse") })
            let contents = try Self.contents(of: member, &reader)
            let expected = try directory.read(name)
            #expect(contents == expected, "\(name), \(contents.count) bytes of \(expected.count)")
        }
        #expect(found == SparseArchive.names)
        #expect(sparse >= 4, "the file system of the test keeps holes")
    }

    @Test("A cut archive holds the members before the cut, and no other", arguments: SparseArchive.forms)
    func cut(form: String) throws {
        let directory = try TemporaryDirectory()
        try SparseArchive.fill(directory)
        let bytes = try SparseArchive.archive(directory, form: form)
        var whole = TarReader(ByteArraySource(bytes), acceptsSparse: true)
        var ends: [Int] = []
        while let member = try whole.next() { ends.append(Int(member.dataOffset + member.dataLength)) }
        for length in stride(from: 1, to: try #require(ends.last), by: 511) {
            var reader = TarReader(ByteArraySource(Array(bytes.prefix(length))), acceptsSparse: true)
            var read = 0
            while let member = try? reader.next() {
                guard (try? Self.contents(of: member, &reader)) != nil else { break }
                read += 1
            }
            #expect(read == ends.count { $0 <= length }, "cut at \(length)")
        }
    }

    @Test("Maps in records that say what cannot be are refused by name")
    func hostile() {
        func error(_ records: [(String, String)], data: [UInt8] = []) -> TarError? {
            var archive = RawTar()
            let text = records.flatMap { RawTar.record("GNU.sparse.\($0)", $1) }
            archive.add("x", flag: "x", data: text)
            archive.add("a", data: data)
            do throws(TarError) {
                var reader = TarReader(ByteArraySource(archive.bytes), acceptsSparse: true)
                while try reader.next() != nil {}
                return nil
            } catch { return error }
        }
        let three = [UInt8]("abc".utf8)
        let good = [("size", "10"), ("map", "1,2,9,1")]
        #expect(error(good, data: three) == nil)
        for map in [
            "1,2,9", "1,2,9,2", "9,1,1,2", "8,3", "1,-2", "", "1,2,9,1,", "18446744073709551615,3", "a,b",
        ] {
            let found = error([("size", "10"), ("map", map)], data: three)
            guard case .invalidField("sparse map", "a", _) = found else {
                Issue.record("\(map): \(String(describing: found))")
                continue
            }
        }
        guard case .invalidField = error([("map", "1,2,9,1")], data: three) else {
            Issue.record("there is no size")
            return
        }
        let version = [("major", "1"), ("minor", "0"), ("realsize", "10")]
        func block(_ text: String) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0, count: 512 - text.utf8.count)
        }
        #expect(error(version, data: block("2\n1\n2\n9\n1\n") + three) == nil)
        for map in [
            "2\n1\n2\n9\n", "x\n", "\n", "99999999999\n", "2\n1\n2\n9\n2\n",
            "1\n1\n123456789012345678901234\n",
        ] {
            #expect(error(version, data: block(map) + three) != nil, "\(map)")
        }
        for unknown in [
            [("major", "2"), ("minor", "0")], [("major", "1"), ("minor", "1")], [("size", "10")],
        ] {
            guard case .sparseFile("a", _) = error(unknown, data: three) else {
                Issue.record("\(unknown) is no form that is known")
                continue
            }
        }
    }

    private static func contents(
        of member: TarReader<ByteArraySource>.Member, _ reader: inout TarReader<ByteArraySource>
    ) throws -> [UInt8] {
        var file = [UInt8](repeating: 0, count: Int(member.header.size))
        for piece in member.sparseMap ?? [0..<member.dataLength] {
            var rest = Int(piece.lowerBound)..<Int(piece.upperBound)
            while !rest.isEmpty {
                let count = try file.withUnsafeMutableBytes {
                    try reader.readData(into: UnsafeMutableRawBufferPointer(rebasing: $0[rest]))
                }
                guard count > 0 else { return file }
                rest = rest.lowerBound + count..<rest.upperBound
            }
        }
        return file
    }
}
