internal import Bytes
internal import FileTree
internal import Tar

/// Merges the package databases of Alpine's apk from the init images. In the root each database
/// replaces the previous one, so the merged database must come last.
struct APKDatabase {
    static let path: ByteString = "lib/apk/db/installed"
    private var texts: [FileContents] = []

    /// Collects the databases among the entries just placed.
    mutating func collect(_ entries: some Sequence<AssembledEntry>) {
        for assembled in entries where assembled.entry.header.name == Self.path {
            texts.append(assembled.entry.contents)
        }
    }

    /// Appends the merged database if there were at least two.
    func place(
        read: (FileContents) throws -> any RandomAccessBytes, stamp: BuildStamp,
        into stream: inout EntryStream
    ) throws {
        guard texts.count > 1 else { return }
        var merged = ByteString()
        for text in texts {
            let bytes = try read(text)
            merged.bytes += try bytes.bytes(at: 0, length: Int(bytes.count), of: Self.path.text)
            merged.bytes += [UInt8](repeating: UInt8(ascii: "\n"), count: 2)
        }
        var header = TarHeader(name: Self.path, typeFlag: .regular)
        header.mode = 0o644
        header.size = UInt64(merged.count)
        stream.append(
            TarEntry(header: header, contents: .bytes(merged)),
            origin: EntryOrigin(source: "LINUXKIT.apkinit", location: "init"))
    }
}
