internal import Bytes
internal import FileTree
internal import Tar

/// Places an image's flattened tree under a prefix as LinuxKit does: omits some files, replaces
/// others, and appends the directories that every root needs.
struct ImagePlacement {
    /// The treatment of `etc/resolv.conf`.
    enum ResolvConf {
        /// A fixed text; containers get their own by a bind mount.
        case text
        /// A link to the file that init writes at run time, for init images and volumes.
        case link
    }

    let prefix: ByteString
    let origin: EntryOrigin
    let resolvConf: ResolvConf
    let stamp: BuildStamp

    /// Files created by the container engine that ran the build, not by the image's author.
    static let excluded: Set<ByteString> = [
        ".dockerenv", "Dockerfile", "dev/console", "dev/pts", "dev/shm", "etc/hostname",
    ]

    /// Whether an image's own file of this name is omitted from the output.
    private static func isOurs(_ name: ByteString) -> Bool {
        excluded.contains(name) || name == "etc/hosts" || name == "etc/resolv.conf"
    }

    static let hosts: ByteString = """
        127.0.0.1       localhost
        ::1     localhost ip6-localhost ip6-loopback
        fe00::0 ip6-localnet
        ff00::0 ip6-mcastprefix
        ff02::1 ip6-allnodes
        ff02::2 ip6-allrouters

        """

    static let resolvConfText: ByteString = "\n# no resolv.conf configured\n"

    static let resolvConfTarget: ByteString = "/run/resolvconf/resolv.conf"

    func place(_ image: [TarEntry], into stream: inout EntryStream) {
        stream.appendDirectories(to: prefix, stamp: stamp, origin: origin)
        var hasMtab = false
        for entry in HardLinks.relinked(image, from: { Self.isOurs($0) })
        where !Self.excluded.contains(entry.header.name) {
            if entry.header.name == "etc/mtab" { hasMtab = true }
            stream.append(placed(entry), origin: origin)
        }
        appendFixed(includingMtab: !hasMtab, into: &stream)
    }

    /// The entry under its new name, with replaced contents if it is one of the two replaced files.
    private func placed(_ entry: TarEntry) -> TarEntry {
        var entry = entry
        switch entry.header.name {
        case "etc/hosts": replace(&entry, by: Self.hosts)
        case "etc/resolv.conf":
            switch resolvConf {
            case .text: replace(&entry, by: Self.resolvConfText)
            case .link: replaceByLink(&entry)
            }
        case "etc/mtab": entry.header.modified = stamp.time
        default: break
        }
        if entry.header.typeFlag == .hardLink { entry.header.linkName = prefix + entry.header.linkName }
        entry.header.name = prefix + entry.header.name
        return entry
    }

    private func replace(_ entry: inout TarEntry, by text: ByteString) {
        entry.header.typeFlag = .regular
        entry.header.linkName = ByteString()
        entry.header.size = UInt64(text.count)
        entry.header.modified = stamp.time
        entry.contents = .bytes(text)
    }

    private func replaceByLink(_ entry: inout TarEntry) {
        entry.header.typeFlag = .symbolicLink
        entry.header.linkName = Self.resolvConfTarget
        entry.header.size = 0
        entry.header.modified = stamp.time
        entry.contents = .empty
    }

    /// Appends the entries that every image gets, whether or not it has them.
    private func appendFixed(includingMtab: Bool, into stream: inout EntryStream) {
        func directory(_ name: ByteString) {
            stream.appendDirectory(prefix + name, stamp: stamp, origin: origin)
        }
        func link(_ name: ByteString, to target: ByteString, permissions: Int64) {
            var header = TarHeader(name: prefix + name, typeFlag: .symbolicLink)
            header.linkName = target
            header.mode = permissions
            header.modified = stamp.time
            stream.append(TarEntry(header: header), origin: origin)
        }
        for name: ByteString in ["dev", "dev/pts", "dev/shm", "etc"] { directory(name) }
        stream.appendFile(prefix + "etc/hosts", contents: .bytes(Self.hosts), stamp: stamp, origin: origin)
        if includingMtab { link("etc/mtab", to: "/proc/mounts", permissions: 0o755) }
        switch resolvConf {
        case .text:
            stream.appendFile(
                prefix + "etc/resolv.conf", contents: .bytes(Self.resolvConfText), stamp: stamp,
                origin: origin)
        case .link: link("etc/resolv.conf", to: Self.resolvConfTarget, permissions: 0o644)
        }
        for name: ByteString in ["proc", "sys"] { directory(name) }
    }
}
