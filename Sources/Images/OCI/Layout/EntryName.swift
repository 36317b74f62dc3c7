internal import JSON

/// The name that an entry of `index.json` gives its image.
///
/// LinuxKit and skopeo write the whole name under the specification's key. containerd, Docker and BuildKit write it
/// under a key of their own and only the tag under the specification's. Others write the name as a person gave it.
struct EntryName: Hashable {
    /// As the entry has it.
    let text: String
    /// True for a word that may be no more than a tag: umoci and oras write one.
    let isWord: Bool
    /// The name expanded as in a kit; nil for what is not a name.
    let reference: ImageReference?

    init?(_ annotations: [String: String]) {
        self.init(
            name: annotations[AnnotationKey.referenceName], whole: annotations[AnnotationKey.containerdName])
    }

    /// Reads the name of an entry of `index.json`.
    init?(_ entry: JSONValue) {
        let annotations = entry["annotations"]
        self.init(
            name: annotations?[AnnotationKey.referenceName]?.string,
            whole: annotations?[AnnotationKey.containerdName]?.string)
    }

    private init?(name: String?, whole: String?) {
        // LinuxKit looks for the specification's key, so a whole name there counts before containerd's.
        let isWhole = name?.contains("/") == true
        guard let text = isWhole ? name : whole ?? name, !text.isEmpty else { return nil }
        self.text = text
        isWord = !isWhole && whole == nil && !text.contains(":")
        reference = try? ImageReference(text)
    }

    /// What it is called in lists and messages: expanded where it can be.
    var shown: String { reference?.description ?? text }
}

extension Descriptor {
    /// The name that the entry of `index.json` has.
    var entryName: EntryName? { EntryName(annotations) }
}

extension ImageIndex {
    /// The entries that have the first of `names` that any has. An entry that is spelled so comes before those that
    /// only expand to it; of these the spelling counts that comes first in the index. Several entries of one spelling
    /// are the platforms of one image.
    func entries(named names: [String]) -> [Descriptor] {
        let named = manifests.compactMap { descriptor in
            descriptor.entryName.map { (name: $0, descriptor: descriptor) }
        }
        for name in names {
            let meant = named.filter { $0.name.text == name || $0.name.shown == name }
            guard let first = meant.first else { continue }
            let spelling = meant.contains { $0.name.text == name } ? name : first.name.text
            return meant.filter { $0.name.text == spelling }.map(\.descriptor)
        }
        return []
    }
}
