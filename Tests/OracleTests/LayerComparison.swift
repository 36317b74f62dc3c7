import Bytes
import Digests
import FileTree
import Foundation
import Host
import OCI
import Tar
import TestSupport

/// The tree that we make of layers beside the one that umoci makes.
struct LayerComparison {
    private let builder: LayoutBuilder
    private let image: Image
    /// The folders that layers name, not only use.
    private let folders: Set<String>

    init(_ layers: [[TestMember]]) throws {
        folders = Set(layers.joined().filter { $0.type == "5" }.map(\.name.text))
        let builder = try LayoutBuilder()
        self.builder = builder
        let layers = try layers.map { try builder.layer(TestTar.archive($0)) }
        let manifest = try builder.manifest(layers)
        try builder.layout.tag(ImageReference("oracle"), manifest)
        image = try builder.layout.image(
            ImageReference("oracle"), platform: Platform(architecture: "amd64"))
        // umoci takes a plain word for a name.
        let index = try String(decoding: builder.folder.read("layout/index.json"), as: UTF8.self)
        try builder.folder.write(
            "layout/index.json", index.replacingOccurrences(of: "docker.io/library/oracle", with: "oracle"))
    }

    /// What the two make of the layers.
    enum Verdict {
        case same
        case bothRefuse
        case onlyUmociRefuses
        case different(String)
    }

    func verdict() throws -> Verdict {
        let theirs = try umoci()
        let ours: [String: String]
        do {
            ours = try self.ours()
        } catch let error as ImageError {
            return theirs == nil ? .bothRefuse : .different("we refuse what umoci takes: \(error)")
        }
        guard let theirs else { return .onlyUmociRefuses }
        let lines = Set(ours.keys).union(theirs.keys).sorted().compactMap { path -> String? in
            let (our, their) = (ours[path], theirs[path])
            // A folder that no layer describes is none of the image's when nothing is left in it.
            if our == nil, their == "directory", !folders.contains(path) { return nil }
            return our == their ? nil : "\(path): ours \(our ?? "absent"), umoci's \(their ?? "absent")"
        }
        return lines.isEmpty ? .same : .different(lines.joined(separator: "\n"))
    }

    private func umoci() throws -> [String: String]? {
        let bundle = "\(builder.folder.path)/bundle"
        try Folder.remove(bundle)
        let result = try Command("umoci", ["unpack", "--image", "\(builder.path):oracle", bundle]).run()
        guard result.status == 0 else { return nil }
        return try TreeListing(folder: "\(bundle)/rootfs").lines
    }

    private func ours() throws -> [String: String] {
        let store = LayerStore(layout: builder.layout, folder: "\(builder.folder.path)/derived")
        return try TreeListing(entries: try store.entries(of: image), store: store).lines
    }
}
