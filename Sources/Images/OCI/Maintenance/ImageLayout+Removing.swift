internal import Bytes
public import Digests
internal import Host
internal import JSON

extension ImageLayout {
    /// The names in the layout that `reference` may mean, as `descriptor(of:)` looks them up: the first that exists.
    /// A digest beside a tag must be that of the image. Throws if no name is found.
    public func names(of reference: ImageReference) throws(ImageError) -> [String] {
        // Images with inconsistent digests are found only by name.
        if reference.digest != nil, !(try readIndex().entries(named: [reference.description])).isEmpty {
            return [reference.description]
        }
        let roots = try roots(of: reference)
        let images = try images().filter { roots.contains($0.descriptor) }.map(\.name)
        let meant = images.filter(reference.layoutNames.contains)
        // A digest alone means every entry with that digest.
        var names: [String] = []
        for name in meant.isEmpty && reference.digest != nil ? images : meant where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// True if `reference` names `digest`. One with a digest needs a name of its own: its tag may lead elsewhere
    /// tomorrow, and what has no name is garbage.
    public func isNamed(_ reference: ImageReference, _ digest: SHA256Digest) throws(ImageError) -> Bool {
        let index = try readIndex()
        let names = reference.digest == nil ? reference.layoutNames : [reference.description]
        return index.entries(named: names).contains { $0.digest == digest }
    }

    /// Removes the names that `reference` matches and returns them, `withSignatures` those of its signatures as well,
    /// where no other name leads to the same image; blobs stay until garbage is collected.
    public func remove(
        _ reference: ImageReference, withSignatures: Bool = true
    ) throws(ImageError) -> [String] {
        var names = try names(of: reference)
        if withSignatures {
            let attached = try attachments(ofImagesNamedOnly: names)
            names += (attached.signatures + attached.lists).filter { !names.contains($0) }
        }
        try editIndex { manifests in
            manifests.removeAll { entry in
                if let name = EntryName(entry)?.shown { return names.contains(name) }
                return reference.digest != nil && entry["digest"]?.string == reference.digest?.oci
            }
        }
        return names
    }

    /// The names of what belongs to images that have no other names than `names`: cosign's signature tags, and the lists
    /// of referrers that are kept of a registry, of their repositories.
    public func attachments(
        ofImagesNamedOnly names: [String]
    ) throws(ImageError) -> (signatures: [String], lists: [String]) {
        let all = try images()
        let known = Set(all.map(\.name))
        var (signatures, lists): ([String], [String]) = ([], [])
        for image in all where names.contains(image.name) {
            let digest = image.descriptor.digest
            let hasOther = all.contains { $0.descriptor.digest == digest && !names.contains($0.name) }
            guard !hasOther, let repository = (try? ImageReference(image.name))?.repository else { continue }
            let list = "\(repository):sha256-\(digest.hex)"
            if known.contains(list), !lists.contains(list) { lists.append(list) }
            if known.contains("\(list).sig"), !signatures.contains("\(list).sig") {
                signatures.append("\(list).sig")
            }
        }
        return (signatures, lists)
    }

    /// Whether files can be created in the layout's directory.
    public var isWritable: Bool { Directory.isWritable(path) }

    /// Whether there is a layout at `path`.
    public static func exists(at path: String) throws(ImageError) -> Bool {
        try reading { () throws(StreamError) in try FileStatus.following("\(path)/oci-layout") != nil }
    }
}
