internal import Bytes
internal import FileTree
internal import Tar

/// The roots of the images extracted so far: an image that is named twice is extracted once.
struct ExtractedImages: Sendable {
    private var roots: [String: ByteString] = [:]

    /// The root with the files of `reference`, without a leading slash.
    func root(of reference: String) -> ByteString? { roots[reference] }

    mutating func record(_ reference: String, at root: ByteString) { roots[reference] = root }
}

/// Places an OCI runtime bundle at `containers/<list>/<name>`: the image's files, `config.json`,
/// mount points and `runtime.json`.
struct BundlePlacement {
    /// The path of the bundle, such as `containers/services/nginx`.
    let path: ByteString
    let origin: EntryOrigin
    let isReadOnly: Bool
    let stamp: BuildStamp

    /// Appends the bundle. `image`, the flattened image, is used only if it was not extracted before;
    /// `runtime` returns the text of `runtime.json` for the root with the files.
    func place(
        extracted: inout ExtractedImages, config: [UInt8], image: [TarEntry],
        runtime: (_ root: ByteString) -> [UInt8], into stream: inout EntryStream
    ) {
        let earlier = extracted.root(of: origin.source)
        let root = earlier ?? path + (isReadOnly ? "/rootfs" : "/lower")
        if earlier == nil {
            let placement = ImagePlacement(
                prefix: root + "/", origin: origin, resolvConf: .text, stamp: stamp)
            placement.place(image, into: &stream)
            extracted.record(origin.source, at: root)
        } else {
            stream.appendDirectories(to: path, stamp: stamp, origin: origin)
        }
        stream.appendFile(
            path + "/config.json", contents: .bytes(ByteString(config)), stamp: stamp, origin: origin)
        if !isReadOnly { stream.appendDirectory(path + "/tmp", stamp: stamp, origin: origin) }
        if !isReadOnly || earlier != nil {
            stream.appendDirectory(path + "/rootfs", stamp: stamp, origin: origin)
        }
        stream.appendFile(
            path + "/runtime.json", contents: .bytes(ByteString(runtime(root))), stamp: stamp, origin: origin)
    }
}
