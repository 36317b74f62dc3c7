internal import Bytes
internal import Decompression
internal import Digests
internal import FileTree
internal import OCI
internal import Tar

/// Extracts from a kernel image what a boot needs: the kernel, its modules and microcode.
struct KernelPlacement {
    let origin: EntryOrigin
    let commandLine: String
    /// The kernel's path in its image.
    let binary: ByteString
    /// The path of the archive of modules; nil for none.
    let archive: ByteString?
    /// The path of the microcode archive; nil for none.
    let microcode: ByteString?
    let stamp: BuildStamp
    /// The maximum number of members of the archive of modules.
    var maximumMembers = LayerLimits.default.maximumEntries

    /// Appends the requested members in the image's order. `kernel` returns what is written for the
    /// kernel's contents; `read` opens contents.
    func place(
        _ image: [TarEntry], kernel: (FileContents) throws -> FileContents,
        read: (FileContents) throws -> any RandomAccessBytes, into stream: inout EntryStream
    ) throws {
        var needsDirectory = true
        for (part, file) in try parts(of: image) {
            // Kernel and microcode may come in either order; the first of them needs the directory.
            if part != .archive, needsDirectory {
                append("boot", .directory, permissions: 0o755, of: file, into: &stream)
                needsDirectory = false
            }
            switch part {
            case .binary:
                let commandLine = FileContents.bytes(ByteString(commandLine))
                append("boot/cmdline", permissions: 0o644, contents: commandLine, of: file, into: &stream)
                append(
                    "boot/kernel", permissions: file.header.mode, contents: try kernel(file.contents),
                    of: file, into: &stream)
            case .archive: try appendArchive(file, read: read, into: &stream)
            case .microcode:
                append(
                    "boot/ucode.cpio", permissions: file.header.mode, contents: file.contents, of: file,
                    into: &stream)
            }
        }
    }

    /// The file `config` of a kernel image: the configuration that the kernel was built with.
    static func configuration(in image: [TarEntry]) -> FileContents? {
        (try? ImageLinks(image).file(at: "config"))?.entry.contents
    }

    private enum Part { case binary, archive, microcode }

    /// The requested members with their files, links resolved, in the image's order.
    private func parts(of image: [TarEntry]) throws -> [(part: Part, file: TarEntry)] {
        let links = ImageLinks(image)
        var parts: [(part: Part, file: TarEntry, place: Int)] = []
        for (part, path) in [(Part.binary, binary), (.archive, archive), (.microcode, microcode)] {
            guard let path, !path.isEmpty || part != .microcode else { continue }
            guard let (file, index) = try file(at: path, links) else {
                // LinuxKit continues without a microcode file, so that one kit serves several kernels.
                if part == .microcode { continue }
                throw AssemblyError.kernelMemberMissing(
                    image: origin.source, path: path, candidates: Self.candidates(in: image))
            }
            parts.append((part, file.named(path), links.index(of: path) ?? index))
        }
        return parts.sorted { $0.place < $1.place }.map { ($0.part, $0.file) }
    }

    private func file(
        at path: ByteString, _ links: ImageLinks
    ) throws(AssemblyError) -> (entry: TarEntry, index: Int)? {
        do throws(ImageLinks.Problem) { return try links.file(at: path) } catch {
            if case .notRegular = error { throw .kernelMemberNotRegular(image: origin.source, path: path) }
            throw .kernelLinkBroken(image: origin.source, path: path, problem: error)
        }
    }

    /// Appends a file below `boot` with the extended records of the member that it is made from.
    private func append(
        _ name: ByteString, _ type: TarTypeFlag = .regular, permissions: Int64,
        contents: FileContents = .empty, of member: TarEntry, into stream: inout EntryStream
    ) {
        var header = TarHeader(name: name, typeFlag: type)
        header.mode = permissions
        header.modified = stamp.time
        header.size = contents.count
        header.records = member.header.records
        stream.append(TarEntry(header: header, contents: contents), origin: origin)
    }

    /// The members of the archive keep their names, slashes and times; their contents are
    /// references into the blob that holds the archive.
    private func appendArchive(
        _ archive: TarEntry, read: (FileContents) throws -> any RandomAccessBytes,
        into stream: inout EntryStream
    ) throws {
        let bytes = try read(archive.contents)
        let what = "\(archive.header.name) of \(origin.source)"
        var reader = TarReader(RangeSource(bytes))
        var count: UInt64 = 0
        func refused(_ reason: String) -> AssemblyError {
            .invalidKernelArchive(image: origin.source, path: archive.header.name, reason: reason)
        }
        func next() throws(AssemblyError) -> TarReader<RangeSource>.Member? {
            do throws(TarError) { return try reader.next() } catch { throw refused("\(error)") }
        }
        while let member = try next() {
            if member.header.name.bytes.split(separator: UInt8(ascii: "/")).contains(where: {
                $0.elementsEqual("..".utf8)
            }) {
                throw refused("its member \(member.header.name) leads outside the root")
            }
            count += 1
            guard count <= maximumMembers else {
                throw AssemblyError.tooManyKernelFiles(
                    image: origin.source, path: archive.header.name, limit: maximumMembers)
            }
            var contents = FileContents.empty
            if member.header.typeFlag == .regular, member.header.size > 0 {
                contents = try archive.contents.slice(
                    offset: member.dataOffset, length: member.header.size, of: bytes, what: what)
            }
            stream.append(TarEntry(header: member.header, contents: contents), origin: origin)
        }
    }

    /// The top-level regular files, to list alternatives in an error.
    private static func candidates(in image: [TarEntry]) -> [ByteString] {
        image.filter { $0.header.typeFlag == .regular && !$0.header.name.bytes.contains(UInt8(ascii: "/")) }
            .map(\.header.name).sorted()
    }
}

extension FileContents {
    /// A reference to part of these contents, with its own digest; `bytes` are the whole contents.
    func slice(
        offset: UInt64, length: UInt64, of bytes: any RandomAccessBytes, what: String
    ) throws(StreamError) -> FileContents {
        switch self {
        case .bytes:
            return .bytes(ByteString(try bytes.bytes(at: offset, length: Int(length), of: what)))
        case .blob(let digest, let start, _, _):
            var hasher = SHA256Hasher()
            var source = RangeSource(bytes, offset: offset, length: length)
            let copied = try source.copy(to: &hasher)
            guard copied == length else { throw .unexpectedEnd(of: what, offset: offset + copied) }
            return .blob(
                digest: digest, offset: start + offset, length: length, contentDigest: hasher.finalize())
        }
    }
}
