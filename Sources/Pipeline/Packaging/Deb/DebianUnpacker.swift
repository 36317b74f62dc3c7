internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

/// Lays the files of Debian packages over each other, as dpkg does, without running anything.
struct DebianUnpacker {
    var tree: PackageTree
    private let blobs: PackageBlobs
    private let unpacked: UnpackedPackages
    let keep: [Glob]
    let remove: [Glob]
    /// Which package an item came from.
    var owners: [ByteString: Int] = [:]
    private(set) var packages: [DebianPackage] = []
    /// Directories that were not kept for their own sake: above what is kept, they look as the package says.
    var leftOutDirectories: [ByteString: FileMetadata] = [:]
    private var linkGroups = 0

    init(contents: PackageContents, epoch: Timestamp, blobs: PackageBlobs, unpacked: UnpackedPackages) {
        tree = PackageTree(epoch: epoch)
        self.blobs = blobs
        self.unpacked = unpacked
        let adapt: (Glob) -> Glob = { contents.mergesUsr ? MergedUsr.glob($0) : $0 }
        keep = contents.keep.map(adapt)
        remove = contents.remove.map(adapt)
        if contents.mergesUsr { MergedUsr.addLinks(to: &tree) }
    }

    /// Packages in the order they are laid: `base-files` first, since its directories' modes are the right ones.
    static func order(_ packages: [LockedPackage]) -> [LockedPackage] {
        packages.sorted { left, right in
            (left.name == "base-files" ? 0 : 1, ByteString(left.name))
                < (right.name == "base-files" ? 0 : 1, ByteString(right.name))
        }
    }

    /// Adds the files of one package, and its control paragraph for scanners.
    mutating func add(_ package: DebianPackage, digest: SHA256Digest) throws {
        packages.append(package)
        try unpack(package, unpacked.tar(of: package, digest: digest))
        let status = ByteString("var/lib/dpkg/status.d/\(package.name)")
        tree.put(
            PackageTree.Item(
                kind: .regular, metadata: tree.metadata(0o644),
                contents: .bytes(ByteString(package.controlText))),
            at: status)
    }

    /// The finished tree: directories above everything.
    consuming func finish() throws -> PackageTree {
        var tree = tree
        if let path = tree.addParents(known: leftOutDirectories) {
            throw PackagingError.conflict(
                path: path.text, first: "a directory of one package", second: "a file of another")
        }
        return tree
    }

    /// A number for files that are one file under several names.
    mutating func newLinkGroup() -> Int {
        linkGroups += 1
        return linkGroups
    }

    private mutating func unpack(
        _ package: DebianPackage, _ tar: (path: String, digest: SHA256Digest)
    ) throws {
        let file = try ReadableFile(path: tar.path)
        blobs.add(tar.digest, path: tar.path)
        // Every file of this package, also those left out: hard links may need them.
        var files: [ByteString: PackageTree.Item] = [:]
        do {
            var reader = TarReader(RangeSource(file))
            while let member = try reader.next() {
                try place(member, tar: tar.digest, file: file, files: &files)
            }
        } catch let error as TarError {
            throw DebianPackage.failure(error, file: package.path, part: "data.tar")
        }
    }
}
