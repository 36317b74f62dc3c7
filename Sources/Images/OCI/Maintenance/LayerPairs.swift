internal import Digests

/// What configurations say of the layers that manifests pair with them, and what these really contain.
struct LayerPairs {
    /// For the blob of a layer, what its contents are said to be.
    private(set) var diffIDs: [SHA256Digest: Set<SHA256Digest>] = [:]
    /// For the blob of a layer, what its contents are.
    var contents: [SHA256Digest: SHA256Digest] = [:]
    private var images: [Image] = []

    private struct Image {
        let manifest: SHA256Digest
        let configuration: SHA256Digest
        let layers: [ImageLayer]
    }

    /// A document that is wrong.
    struct Fault: Hashable {
        let document: SHA256Digest
        let reason: String
    }

    mutating func add(_ layers: [ImageLayer], manifest: SHA256Digest, configuration: SHA256Digest) {
        for layer in layers { diffIDs[layer.descriptor.digest, default: []].insert(layer.diffID) }
        images.append(Image(manifest: manifest, configuration: configuration, layers: layers))
    }

    /// The configurations that do not speak of the layers they are paired with; where another manifest pairs one
    /// rightly, the manifest that does not. Nothing is said of layers that are damaged themselves.
    func faults(except damaged: Set<SHA256Digest>) -> [Fault] {
        let sound = Set(images.filter { mismatches($0, damaged).isEmpty }.map(\.configuration))
        return images.compactMap { image in
            let mismatches = mismatches(image, damaged)
            guard let first = mismatches.first else { return nil }
            let isOrder =
                Set(mismatches.map(\.layer.diffID)) == Set(mismatches.map(\.found)) && mismatches.count > 1
            let detail =
                isOrder
                ? "the diff IDs are in another order than the layers"
                : "layer \(first.layer.descriptor.digest.oci) contains \(first.found.oci), "
                    + "a configuration says \(first.layer.diffID.oci)"
            guard sound.contains(image.configuration) else {
                return Fault(
                    document: image.configuration, reason: "\(detail) (manifest \(image.manifest.oci))")
            }
            return Fault(
                document: image.manifest, reason: "\(detail) (configuration \(image.configuration.oci))")
        }
    }

    private func mismatches(
        _ image: Image, _ damaged: Set<SHA256Digest>
    ) -> [(layer: ImageLayer, found: SHA256Digest)] {
        image.layers.compactMap { layer in
            guard !damaged.contains(layer.descriptor.digest),
                let found = contents[layer.descriptor.digest], found != layer.diffID
            else { return nil }
            return (layer, found)
        }
    }
}
