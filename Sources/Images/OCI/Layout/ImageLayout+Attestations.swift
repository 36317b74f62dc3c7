internal import Digests
internal import JSON

extension ImageLayout {
    /// The software bills of materials that BuildKit attached to `image`: in-toto statements
    /// with an SPDX 2 predicate, as blobs to be read with `verified` (BuildKit, "Image attestation storage").
    public func spdxStatements(of image: Image) throws(ImageError) -> [Descriptor] {
        try attachedBills(to: image).filter { $0.kind == .spdx }.map(\.blob)
    }

    /// The types of the bills of materials attached to `image` that are of other kinds, each once.
    public func otherBills(of image: Image) throws(ImageError) -> [String] {
        var types: [String] = []
        for bill in try attachedBills(to: image) {
            if case .other(let type) = bill.kind, !types.contains(type) { types.append(type) }
        }
        return types
    }

    private func attachedBills(
        to image: Image
    ) throws(ImageError) -> [(blob: Descriptor, kind: BillOfMaterials)] {
        guard image.root.mediaType.role == .index else { return [] }
        return try attributing(image.reference) { () throws(ImageError) in
            var bills: [(blob: Descriptor, kind: BillOfMaterials)] = []
            for descriptor in try manifests(below: [image.root]) where descriptor.isAttestation {
                let subject = descriptor.annotations[AnnotationKey.dockerReferenceDigest]
                guard subject == image.descriptor.digest.oci else { continue }
                for layer in try attestation(descriptor).layers {
                    let type = try predicateType(of: layer)
                    guard let kind = type.flatMap({ BillOfMaterials(predicateType: $0) }) else { continue }
                    let isPlain = layer.mediaType == .inTotoStatement
                    bills.append(
                        (layer, isPlain ? kind : .other("\(type ?? "") in \(layer.mediaType)")))
                }
            }
            return bills
        }
    }

    /// A build must not depend on what the cache happens to have, so what is missing is not skipped.
    private func attestation(_ descriptor: Descriptor) throws(ImageError) -> ImageManifest {
        do throws(ImageError) { return try manifest(descriptor) } catch {
            guard case .missingBlob(let digest, _, _) = error.problem else { throw error }
            throw ImageError(
                .malformed(
                    document: "the attestation \(digest.oci)", field: "",
                    reason:
                        "is not in the cache, so the bill of materials would be incomplete; download it with "
                        + "cache pull, or build with --no-sbom"))
        }
    }

    /// Bills of materials of large images take some tens of MiB.
    private static let statementLimit = 256 << 20

    /// What a layer of an attestation says it is about; nil for what is not a statement.
    private func predicateType(of layer: Descriptor) throws(ImageError) -> String? {
        guard layer.mediaType.rawValue.hasPrefix("application/vnd.in-toto") else { return nil }
        if let type = layer.annotations[AnnotationKey.inTotoPredicateType] { return type }
        guard layer.mediaType == .inTotoStatement else { return nil }
        // The annotation is a copy: the statement says it, too.
        let bytes = try verified(layer, limit: Self.statementLimit)
        return (try? JSONValue(parsing: bytes))?["predicateType"]?.string
    }
}

/// A kind of bill of materials, by the type of an in-toto predicate.
enum BillOfMaterials: Hashable {
    /// SPDX 2, which can be merged.
    case spdx
    /// Another format or version; the predicate's type.
    case other(String)

    /// Nil for what is not a bill of materials: provenance, for example.
    init?(predicateType type: String) {
        let lowercased = type.lowercased()
        guard Self.words.contains(where: lowercased.contains) else { return nil }
        self = Self.isSPDX2(lowercased) ? .spdx : .other(type)
    }

    private static let words = ["spdx", "cyclonedx", "syft", "sbom", "/bom"]

    /// `https://spdx.dev/Document`, with or without a version: `/v2.3`, `@2.2`.
    private static func isSPDX2(_ type: String) -> Bool {
        let document = "https://spdx.dev/document"
        guard type.hasPrefix(document) else { return false }
        let version = type.dropFirst(document.count).drop { "/@#v-".contains($0) }
        guard type.count > document.count else { return true }
        return version.isEmpty || version == "2" || version.hasPrefix("2.")
    }
}
