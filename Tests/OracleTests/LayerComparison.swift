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

    init(_ layers: [[TestMember]]) throws {
        let builder = try LayoutBuilder()
        self.builder = builder
        let layers = try layers.map { try builder.layer(TestTar.archive($0)) }
        let manifest = try builder.manifest(layers)
        try builder.layout.tag(ImageReference("oracle"), manifest)
        image = try builder.layout.image(
            ImageReference("oracle"), platform: Platform(architecture: "amd64"))
        // umoci takes a plain word for a name.
        let index = try String(decoding: builder.directory.read("layout/index.json"), as: UTF8.self)
        try builder.directory.write(
            "layout/index.json", index.replacingOccurrences(of: "docker.io/library/oracle", with: "oracle"))
    }

    /// What the two make of the layers.
    enum Verdict {
        case same
        case bothRefuse(ours: String, theirs: String)
        case onlyUmociRefuses(String)
        case different(String)
    }

    /// What `judge` makes of the layers; an error is its refusal.
    typealias Judge = () throws -> Result<[String: String], Refusal>

    struct Refusal: Error {
        let text: String
    }

    func verdict() throws -> Verdict { try verdict(by: umoci) }

    /// The same by the kernel's overlayfs.
    func verdict(byOverlayOf layers: [[TestMember]]) throws -> Verdict {
        try verdict { .success(try OverlayMerge.lines(layers)) }
    }

    private func verdict(by judge: Judge) throws -> Verdict {
        let judged = try judge()
        let ours: [String: String]
        do {
            ours = try self.ours()
        } catch let error as ImageError {
            switch judged {
            case .success: return .different("we refuse what they take: \(error)")
            case .failure(let refusal): return .bothRefuse(ours: "\(error)", theirs: refusal.text)
            }
        }
        let theirs: [String: String]
        switch judged {
        case .success(let lines): theirs = lines
        case .failure(let refusal): return .onlyUmociRefuses(refusal.text)
        }
        let lines = Set(ours.keys).union(theirs.keys).sorted().compactMap { path -> String? in
            let (our, their) = (ours[path], theirs[path])
            return our == their ? nil : "\(path): ours \(our ?? "absent"), theirs \(their ?? "absent")"
        }
        return lines.isEmpty ? .same : .different(lines.joined(separator: "\n"))
    }

    private func umoci() throws -> Result<[String: String], Refusal> {
        let bundle = "\(builder.directory.path)/bundle"
        try Directory.remove(bundle)
        let result = try Command("umoci", ["unpack", "--image", "\(builder.path):oracle", bundle]).run()
        guard result.status == 0 else { return .failure(Refusal(text: result.errorText)) }
        return .success(try TreeListing(directory: "\(bundle)/rootfs").lines)
    }

    private func ours() throws -> [String: String] {
        let store = LayerStore(layout: builder.layout, directory: "\(builder.directory.path)/derived")
        return try TreeListing(entries: try store.entries(of: image), store: store).lines
    }
}
