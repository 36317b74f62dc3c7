public import Bytes
public import FileTree
public import Tar

/// An assembled image, from which all outputs are made.
public struct AssembledImage: Sendable {
    /// Kernel, init, containers and files, in LinuxKit's order.
    public let body: [AssembledEntry]
    /// The merged software bill of materials; nil if not requested.
    public let sbom: AssembledEntry?
    /// The file `config` of the kernel's image, which is not an entry; nil if there is none.
    public let kernelConfiguration: FileContents?

    public init(
        body: [AssembledEntry], sbom: AssembledEntry? = nil, kernelConfiguration: FileContents? = nil
    ) {
        self.body = body
        self.sbom = sbom
        self.kernelConfiguration = kernelConfiguration
    }

    /// All entries, as in the `tar` output.
    public var entries: [AssembledEntry] { body + (sbom.map { [$0] } ?? []) }

    /// All entries with a Dockerfile before the SBOM, as in the `docker` output.
    public func entriesWithDockerfile(_ stamp: BuildStamp) -> [AssembledEntry] {
        let text: ByteString = "\nFROM scratch\n\nCOPY . ./\n\nENTRYPOINT [\"/bin/rc.init\"]\n"
        var header = TarHeader(name: "Dockerfile", typeFlag: .regular)
        header.mode = 0o644
        header.size = UInt64(text.count)
        header.modified = stamp.time
        let dockerfile = AssembledEntry(entry: TarEntry(header: header, contents: .bytes(text)))
        return body + [dockerfile] + (sbom.map { [$0] } ?? [])
    }

    /// The last entry at `name`: the kernel at `boot/kernel`, the command line at `boot/cmdline`.
    public func last(_ name: ByteString) -> TarEntry? {
        body.last { $0.entry.header.name == name }?.entry
    }
}

extension AssembledEntry {
    /// The bill of materials at `path`; like the Dockerfile, it has none of LinuxKit's records.
    public static func sbom(path: ByteString, text: ByteString, stamp: BuildStamp) -> AssembledEntry {
        var header = TarHeader(name: path, typeFlag: .regular)
        header.mode = 0o644
        header.size = UInt64(text.count)
        header.modified = stamp.time
        return AssembledEntry(entry: TarEntry(header: header, contents: .bytes(text)))
    }
}
