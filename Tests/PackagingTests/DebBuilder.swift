internal import Digests
internal import FileTree
internal import Host
internal import TestSupport

@testable import Packaging

/// Makes .debs with dpkg-deb.
struct DebBuilder {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A .deb of what `script` makes in an empty directory; `control` lines are added to the control file.
    func build(
        _ name: String, version: String = "1.0", compression: String = "xz", control: String = "",
        script: String
    ) throws -> String {
        let root = "\(directory.path)/\(name)"
        try Directory.create("\(root)/DEBIAN")
        try directory.write(
            "\(name)/DEBIAN/control",
            """
            Package: \(name)
            Version: \(version)
            Architecture: all
            Maintainer: nobody <nobody@example.org>
            Description: a test
            """ + (control.isEmpty ? "\n" : "\n\(control)\n"))
        try Tool.run("sh", ["-e", "-c", "umask 022; \(script)"], in: root)
        let deb = "\(directory.path)/\(name).deb"
        try Tool.run("dpkg-deb", ["--root-owner-group", "-Z\(compression)", "-b", root, deb])
        return deb
    }

    /// The tree of `debs`, laid in order.
    func unpack(_ debs: [String], contents: PackageContents = PackageContents()) throws -> PackageTree {
        try unpackWithBlobs(debs, contents: contents).tree
    }

    func unpackWithBlobs(
        _ debs: [String], contents: PackageContents = PackageContents()
    ) throws -> (tree: PackageTree, blobs: PackageBlobs) {
        let blobs = PackageBlobs()
        var unpacker = DebianUnpacker(
            contents: contents, epoch: BuildStamp().time, blobs: blobs,
            unpacked: UnpackedPackages(directory: "\(directory.path)/unpacked"))
        for deb in debs { try unpacker.add(DebianPackage(path: deb), digest: SHA256Digest(hashingFile: deb)) }
        return (try unpacker.finish(), blobs)
    }
}
