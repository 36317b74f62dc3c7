import Bytes
import Digests
import FileTree
import TestSupport
import Testing

@testable import FAT

@Suite struct FATTreeTests {
    private static func time(_ timestamp: Timestamp) -> Timestamp {
        let clamped = min(max(timestamp.seconds, 315_532_800), 4_354_819_199)
        return Timestamp(seconds: clamped / 2 * 2)
    }

    static var kept: TreeComparison.Kept {
        var kept = TreeComparison.Kept()
        kept.permissions = false
        kept.owners = false
        kept.rootMetadata = false
        kept.time = Self.time
        kept.attribute = { _ in false }
        kept.hardLinks = { _ in false }
        return kept
    }

    @Test("All of the corpus that FAT can hold comes back", arguments: [FATType.fat16, .fat32])
    func corpus(_ type: FATType) throws {
        let corpus = try HostileCorpus([
            .sizes, .sparseFiles, .equalFiles, .longNames, .shortNames, .deepDirectories, .longestPath,
            .hardLinks, .times,
        ])
        let volume = try FATVolume(tree: corpus.tree, options: Volume.options(type: type))
        let reader = try FATReader(volume.extents.access(from: corpus.store))
        let differences = TreeComparison.differences(
            between: corpus.tree, corpus.store, and: reader, kept: Self.kept)
        #expect(differences == [])
    }

    @Test("What FAT can't hold is an error that names it")
    func refused() throws {
        func failure(_ parts: HostileCorpus.Parts) throws -> FATError? {
            let corpus = try HostileCorpus(parts)
            do throws(FATError) {
                _ = try FATVolume(tree: corpus.tree, options: Volume.options())
                return nil
            } catch { return error }
        }
        #expect(
            try failure(.symbolicLinks) == .unsupportedKind(path: "links/1000", kind: "symbolic link"))
        #expect(try failure(.deviceFiles) == .unsupportedKind(path: "devices/b0-0", kind: "device"))
        #expect(try failure(.pipes) == .unsupportedKind(path: "pipes/fifo", kind: "FIFO"))
        #expect(try failure(.oddNames) != nil)
        #expect(try failure(.rawNames) != nil)
        #expect(try failure(.twinNames) == .nameClash(path: "twins/Readme", other: "twins/README"))
        #expect(try failure(.owners) == nil)
    }

    @Test("A file of 4 GiB is refused, one a byte smaller is not")
    func largeFiles() throws {
        func volume(_ size: UInt64) throws(FATError) -> FATVolume {
            var contents = ExtentMap()
            contents.append(zeros: size)
            return try FATVolume(
                files: [FATFile(path: "large", contents: contents, modified: Volume.time)],
                options: Volume.options())
        }
        #expect(throws: FATError.fileTooLarge(path: "large", size: 1 << 32)) { try volume(1 << 32) }
        let largest = try volume(1 << 32 - 1)
        #expect(try Volume.paths(largest) == ["", "large"])
    }

    @Test("What is lost is told by path")
    func losses() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1_000_000_000))
        var metadata = FileMetadata(permissions: 0o644, modified: Timestamp(seconds: 1_000_000_000))
        try builder.add("plain", FileNode(kind: .regular, metadata: metadata, contents: .bytes("x")))
        try builder.addHardLink("plain2", to: "plain")
        metadata.permissions = 0o4755
        metadata.uid = 7
        metadata.xattrs = [ExtendedAttribute(name: "user.x", value: "y")]
        metadata.modified = Timestamp(seconds: 0)
        try builder.add("special", FileNode(kind: .regular, metadata: metadata))
        let losses = FATLoss.losses(of: builder.freeze())
        #expect(
            losses == [
                FATLoss(path: "plain2", what: .hardLink(to: "plain")),
                FATLoss(path: "special", what: .permissions(0o4755)),
                FATLoss(path: "special", what: .owner(uid: 7, gid: 0)),
                FATLoss(path: "special", what: .attributes(["user.x"])),
                FATLoss(path: "special", what: .time(Timestamp(seconds: 0))),
            ])
    }

    @Test("Times are clamped to 1980 and 2107 and floored to two seconds")
    func times() {
        let cases: [(Int64, Int64)] = [
            (-1, 315_532_800), (315_532_799, 315_532_800), (315_532_801, 315_532_800),
            (951_782_399, 951_782_398), (951_782_400, 951_782_400), (4_107_542_399, 4_107_542_398),
            (4_107_542_400, 4_107_542_400), (4_354_819_199, 4_354_819_198), (1 << 40, 4_354_819_198),
            (1_709_164_800, 1_709_164_800),
        ]
        for (seconds, expected) in cases {
            let time = FATTime(Timestamp(seconds: seconds, nanoseconds: 9))
            #expect(time.timestamp == Timestamp(seconds: expected), "\(seconds)")
        }
        // 2017-07-14, 02:40:00 UTC.
        let known = FATTime(Timestamp(seconds: 1_500_000_001))
        #expect(known.date == (37 << 9 | 7 << 5 | 14))
        #expect(known.time == (2 << 11 | 40 << 5))
        #expect(FATTime(date: 0, time: 0xFFFF).timestamp == Timestamp(seconds: 315_532_800 + 86398))
    }
}
