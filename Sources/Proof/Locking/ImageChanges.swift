public import Assembly
internal import Bytes
internal import FileTree
public import OCI
internal import Tar

/// What differs between two images: sizes, and packages where the layers are at hand.
public struct ImageChanges: Equatable, Sendable {
    /// The sizes of all layers as registries have them, in bytes.
    public let sizes: (from: UInt64, to: UInt64)
    /// Packages by name with their versions, sorted; nil on a side that does not have the package. Nil if the layers of
    /// one of the images are not in the cache.
    public let packages: [Package]?

    public struct Package: Equatable, Sendable {
        public let name: String
        public let from: String?
        public let to: String?
    }

    public static func == (one: Self, other: Self) -> Bool {
        one.sizes == other.sizes && one.packages == other.packages
    }

    /// Compares the images that two pins stand for. The documents of both must be in `layout`.
    public init(
        from old: ImagePin, to new: ImagePin, of reference: ImageReference, platform: Platform,
        layout: ImageLayout, images: CachedImages
    ) async throws {
        let pair = [
            try layout.image(reference.at(old.root), platform: platform),
            try layout.image(reference.at(new.root), platform: platform),
        ]
        let sizes = pair.map { image in image.layers.reduce(0) { $0 + $1.descriptor.size } }
        self.sizes = (sizes[0], sizes[1])
        var lists: [[String: String]] = []
        for image in pair {
            guard
                try layout.isComplete(
                    reference.at(image.root.digest), platform: platform, attestations: false)
            else { continue }
            try await images.prepare([image.reference], platform: platform, jobs: 1)
            lists.append(try Self.packages(of: image, images))
        }
        packages = lists.count == 2 ? Self.changes(lists[0], lists[1]) : nil
    }

    static func changes(_ old: [String: String], _ new: [String: String]) -> [Package] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            old[name] == new[name] ? nil : Package(name: name, from: old[name], to: new[name])
        }
    }

    /// The databases of Alpine's and Debian's package managers. A file of the second's directory describes one package.
    private static func packages(of image: Image, _ images: CachedImages) throws -> [String: String] {
        var packages: [String: String] = [:]
        for entry in try images.flattened(image, made: BuildStamp().time)
        where entry.header.typeFlag == .regular {
            let name = entry.header.name
            let isAlpine = name == "lib/apk/db/installed" || name == "usr/lib/apk/db/installed"
            let isDebian = name == "var/lib/dpkg/status" || name.hasPrefix("var/lib/dpkg/status.d/")
            guard isAlpine || isDebian, entry.contents.count < largestDatabase else { continue }
            var sink = ByteArraySink()
            try images.copy(entry.contents, to: &sink)
            let keys = isAlpine ? ("P:", "V:") : ("Package:", "Version:")
            packages.merge(parse(sink.bytes, name: keys.0, version: keys.1)) { _, new in new }
        }
        return packages
    }

    /// The limit for a database in bytes; those of large systems have a few MiB.
    private static let largestDatabase: UInt64 = 64 << 20

    /// Paragraphs of lines with a key each, separated by empty lines.
    static func parse(_ text: [UInt8], name: String, version: String) -> [String: String] {
        var packages: [String: String] = [:]
        var current: String?
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty {
                current = nil
            } else if line.starts(with: name.utf8) {
                current = value(line, after: name)
            } else if line.starts(with: version.utf8), let package = current {
                packages[package] = value(line, after: version)
            }
        }
        return packages
    }

    private static func value(_ line: ArraySlice<UInt8>, after key: String) -> String {
        let text = line.dropFirst(key.utf8.count).drop { $0 == UInt8(ascii: " ") }
        return String(decoding: text, as: UTF8.self)
    }
}
