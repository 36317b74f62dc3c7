internal import Bytes
internal import FileTree
internal import Tar

/// Places a volume at `containers/volumes/<name>`: its contents, and the directories to mount it on.
struct VolumePlacement {
    /// The initial contents of a volume.
    enum Contents {
        case blank
        /// The files of an image.
        case files([TarEntry])
        /// An OCI layout that contains the image.
        case layout([TarEntry])
    }

    let name: String
    let index: Int
    /// The expanded reference of the image; nil for a blank volume.
    let reference: String?
    let stamp: BuildStamp

    func place(_ contents: Contents, into stream: inout EntryStream) {
        let location = "volume[\(index)]"
        let path = ByteString("containers/volumes/\(name)")
        let origin = EntryOrigin(source: reference ?? "empty", location: location)
        switch contents {
        case .blank:
            stream.appendDirectories(to: path + "/lower", stamp: stamp, origin: origin)
        case .files(let image):
            let placement = ImagePlacement(
                prefix: path + "/lower/", origin: origin, resolvConf: .link, stamp: stamp)
            placement.place(image, into: &stream)
        case .layout(let members):
            stream.appendDirectories(to: path + "/lower", stamp: stamp, origin: origin)
            for var member in members {
                member.header.name = path + "/lower/" + member.header.name
                stream.append(member, origin: origin)
            }
        }
        let ours = EntryOrigin(source: "linuxkit.volumes", location: location)
        for directory: ByteString in ["/tmp/", "/merged/"] {
            stream.appendDirectory(path + directory, stamp: stamp, origin: ours)
        }
    }
}
