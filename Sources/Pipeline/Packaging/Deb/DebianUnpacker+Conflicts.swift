internal import Bytes
internal import FileTree

extension DebianUnpacker {
    /// A directory that is there already stays as the first package made it.
    mutating func insertDirectory(_ item: PackageTree.Item, at path: ByteString, package: DebianPackage)
        throws
    {
        if path.isEmpty || tree[path]?.isDirectory == true { return }
        guard wants(path) else {
            if leftOutDirectories[path] == nil { leftOutDirectories[path] = item.metadata }
            return
        }
        try insert(item, at: path, package: package)
    }

    /// Puts `item` at `path`, unless another package has something else there.
    mutating func insert(_ item: PackageTree.Item, at path: ByteString, package: DebianPackage) throws {
        guard let there = tree[path], let owner = owners[path] else {
            return own(item, at: path)
        }
        let other = packages[owner]
        if other.name == package.name { return own(item, at: path) }
        if Self.sameFile(item, there) { return }
        if package.control.names("Replaces").contains(other.name) { return own(item, at: path) }
        if other.control.names("Replaces").contains(package.name) { return }
        throw PackagingError.conflict(path: path.text, first: other.name, second: package.name)
    }

    func owns(_ path: ByteString, _ package: DebianPackage) -> Bool {
        owners[path].map { packages[$0].name == package.name } ?? false
    }

    private mutating func own(_ item: PackageTree.Item, at path: ByteString) {
        owners[path] = packages.count - 1
        tree.put(item, at: path)
    }

    /// Equal but for the time and further names.
    private static func sameFile(_ left: PackageTree.Item, _ right: PackageTree.Item) -> Bool {
        left.kind == right.kind && left.metadata.permissions == right.metadata.permissions
            && left.metadata.uid == right.metadata.uid && left.metadata.gid == right.metadata.gid
            && left.metadata.xattrs == right.metadata.xattrs
            && left.contents.count == right.contents.count
            && left.contents.contentDigest == right.contents.contentDigest
    }
}
