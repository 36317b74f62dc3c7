internal import Bytes
internal import FileTree
internal import Tar

/// Checks whether a part of an earlier output matches what its image gives now. The output records names of
/// images, not digests, and a tag may have moved, so the entries themselves are compared.
enum ReuseCheck {
    static func isSame(_ entries: some Collection<AssembledEntry>, as earlier: [TarEntry]) -> Bool {
        entries.count == earlier.count
            && zip(entries, earlier).allSatisfy { Looks($0.entry) == Looks($1) }
    }

    /// The properties of an entry that every archive keeps, regardless of its writer.
    private struct Looks {
        let name: ByteString
        let linkName: ByteString
        let type: TarTypeFlag
        let numbers: [Int64]
        let owner: [ByteString]
        let attributes: [PaxRecord]
        let contents: FileContents?

        init(_ entry: TarEntry) {
            let header = entry.header
            name = header.name
            linkName = header.linkName
            type = header.typeFlag
            numbers = [
                header.mode, header.uid, header.gid, header.modified.seconds, header.deviceMajor,
                header.deviceMinor,
            ]
            owner = [header.userName, header.groupName]
            attributes = header.records.filter { $0.key.hasPrefix("SCHILY.xattr.") }
                .sorted { $0.key < $1.key }
            contents = header.typeFlag == .regular ? entry.contents : nil
        }

        static func == (left: Looks, right: Looks) -> Bool {
            left.name == right.name && left.linkName == right.linkName && left.type == right.type
                && left.numbers == right.numbers && left.owner == right.owner
                && left.attributes == right.attributes && left.contents?.count == right.contents?.count
                && left.contents?.contentDigest == right.contents?.contentDigest
        }
    }
}
