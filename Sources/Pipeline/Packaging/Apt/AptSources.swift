internal import Bytes
internal import Host

/// The host's package sources that are for one suite, as apt lists them.
struct AptSources {
    /// Where a source stands: a file, and the line (one-line format) or the stanza (deb822), from 1.
    private struct Place: Hashable, Comparable {
        var file: String
        var number: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.file, left.number) < (right.file, right.number)
        }
    }

    /// The releases to keep, by place.
    private var releases: [Place: Set<String>] = [:]
    /// Every release that the host knows, sorted.
    let knownSuites: [String]

    var isEmpty: Bool { releases.isEmpty }

    /// `indexTargets` has lines of identifier, release and `file:number`, as `apt-get indextargets` prints them.
    init(indexTargets: String, suite: String) {
        var known: Set<String> = []
        for line in indexTargets.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard fields.count == 3, fields[0] == "Packages" else { continue }
            known.insert(fields[1])
            guard Self.belongs(fields[1], to: suite), let colon = fields[2].lastIndex(of: ":"),
                let number = Int(fields[2][fields[2].index(after: colon)...]), number > 0
            else { continue }
            let place = Place(file: String(fields[2][..<colon]), number: number)
            releases[place, default: []].insert(fields[1])
        }
        if !known.contains(suite) { releases = [:] }
        knownSuites = known.sorted()
    }

    /// `bookworm`'s own, `bookworm-updates`, `bookworm-security`, `bookworm/updates`.
    private static func belongs(_ release: String, to suite: String) -> Bool {
        release == suite || release.hasPrefix(suite + "-") || release.hasPrefix(suite + "/")
    }

    /// The lines of `*.list` files.
    func oneLineSources() throws -> String {
        var text = ""
        for place in releases.keys.sorted() where !place.file.hasSuffix(".sources") {
            let lines = try Self.text(place.file).split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.indices.contains(place.number - 1) else { continue }
            text += lines[place.number - 1] + "\n"
        }
        return text
    }

    /// The stanzas of `*.sources` files, their `Suites` cut down to those kept.
    func deb822Sources() throws -> String {
        var text = ""
        for place in releases.keys.sorted() where place.file.hasSuffix(".sources") {
            let stanzas = ControlParagraph.parse(try Self.text(place.file))
            guard stanzas.indices.contains(place.number - 1) else { continue }
            for field in stanzas[place.number - 1].fields {
                let isSuites = field.name.lowercased() == "suites"
                let value = isSuites ? (releases[place] ?? []).sorted().joined(separator: " ") : field.value
                text += "\(field.name): \(value)\n"
            }
            text += "\n"
        }
        return text
    }

    private static func text(_ path: String) throws -> String {
        var source = RangeSource(try ReadableFile(path: path))
        return String(decoding: try source.readAll(limit: 16 << 20, of: path), as: UTF8.self)
    }
}
