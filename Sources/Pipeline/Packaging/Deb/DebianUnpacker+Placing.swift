internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

extension DebianUnpacker {
    /// Puts one member of the last package's data archive where it belongs.
    mutating func place(
        _ member: TarReader<RangeSource>.Member, tar: SHA256Digest, file: ReadableFile,
        files: inout [ByteString: PackageTree.Item]
    ) throws {
        guard let package = packages.last else { return }
        let path = try path(of: member.header.name, at: member.headerOffset, in: package)
        if path.isEmpty { return }
        var item = PackageTree.Item(
            kind: .regular, metadata: try metadata(member, in: package))
        switch member.header.typeFlag {
        case .regular:
            item.contents = try contents(member, tar: tar, file: file)
            files[path] = item
        case .hardLink:
            item = try linked(member, package: package, path: path, files: &files)
        case .symbolicLink:
            let target = member.header.linkName
            guard target.count <= ImagePath.lengthLimit else {
                throw failure(
                    "`\(path)` is a link of \(target.count) bytes", at: member.headerOffset, in: package)
            }
            item.kind = .symbolicLink(target)
            item.metadata.permissions = 0o777
        case .directory:
            item.kind = .directory
            // A directory where a link to one is goes through it.
            let directory = tree.resolve(path, followingLast: true) ?? path
            return try insertDirectory(item, at: directory, package: package)
        case .characterDevice, .blockDevice, .fifo:
            item.kind = try special(member, in: package)
        }
        guard wants(path) else { return }
        try insert(item, at: path, package: package)
    }

    /// True unless the recipe leaves `path` out.
    func wants(_ path: ByteString) -> Bool {
        (keep.isEmpty || keep.contains { $0.matches(path) }) && !remove.contains { $0.matches(path) }
    }

    private func failure(
        _ reason: String, at offset: UInt64, in package: DebianPackage
    ) -> PackagingError {
        .invalidPackage(file: package.path, part: "data.tar", offset: offset, reason: reason)
    }

    private func path(
        of name: ByteString, at offset: UInt64, in package: DebianPackage
    ) throws -> ByteString {
        // Longer than Linux takes; one of a million directories would cost the square of that.
        guard name.count <= ImagePath.lengthLimit else {
            throw failure("a path has \(name.count) bytes", at: offset, in: package)
        }
        guard let clean = ImagePath.normalize(name.bytes), let path = tree.resolve(clean) else {
            throw failure("`\(name)` leads out of the root or in a circle", at: offset, in: package)
        }
        return path
    }

    private func metadata(
        _ member: TarReader<RangeSource>.Member, in package: DebianPackage
    ) throws -> FileMetadata {
        do { return try member.header.fileMetadata() } catch {
            throw failure(
                "`\(member.header.name)` has an impossible owner", at: member.headerOffset, in: package)
        }
    }

    private func contents(
        _ member: TarReader<RangeSource>.Member, tar: SHA256Digest, file: ReadableFile
    ) throws -> FileContents {
        if member.dataLength == 0 { return .empty }
        var hasher = SHA256Hasher()
        var source = RangeSource(file, offset: member.dataOffset, length: member.dataLength)
        guard try source.copy(to: &hasher) == member.dataLength else {
            throw TarError.truncated(what: "the contents of \(member.header.name)", offset: file.count)
        }
        return .blob(
            digest: tar, offset: member.dataOffset, length: member.dataLength,
            contentDigest: hasher.finalize())
    }

    /// Another name of a file that came earlier in the same package.
    private mutating func linked(
        _ member: TarReader<RangeSource>.Member, package: DebianPackage, path: ByteString,
        files: inout [ByteString: PackageTree.Item]
    ) throws -> PackageTree.Item {
        let target = try self.path(of: member.header.linkName, at: member.headerOffset, in: package)
        guard var item = files[target] else {
            throw failure(
                "`\(member.header.name)` is a hard link to `\(target)`, which is not a file before it",
                at: member.headerOffset, in: package)
        }
        if item.linkGroup == nil {
            item.linkGroup = newLinkGroup()
            files[target] = item
            if var first = tree[target], owns(target, package) {
                first.linkGroup = item.linkGroup
                tree.put(first, at: target)
            }
        }
        files[path] = item
        return item
    }

    private func special(
        _ member: TarReader<RangeSource>.Member, in package: DebianPackage
    ) throws -> FileKind {
        if member.header.typeFlag == .fifo { return .fifo }
        guard let major = UInt32(exactly: member.header.deviceMajor),
            let minor = UInt32(exactly: member.header.deviceMinor)
        else {
            throw failure(
                "`\(member.header.name)` has an impossible device number", at: member.headerOffset,
                in: package)
        }
        return member.header.typeFlag == .blockDevice
            ? .blockDevice(major: major, minor: minor) : .characterDevice(major: major, minor: minor)
    }
}
