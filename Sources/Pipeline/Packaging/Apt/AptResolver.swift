internal import Bytes
internal import Digests
internal import Host

/// Turns package names into the .debs that apt would install into an empty system.
struct AptResolver {
    let apt: AptEnvironment

    /// What `request` needs, sorted by name.
    func resolve(_ request: PackageRequest) throws -> [LockedPackage] {
        try apt.setInstalled(try leftOut(request.excluded))
        let arguments =
            request.resolvesDependencies
            ? ["install", "-y", "--no-remove", "--print-uris"] : ["download", "--print-uris"]
        let listing = try apt.run(
            "apt-get", ["-qq"] + arguments + request.packages,
            doing: "resolving \(request.packages.joined(separator: ", ")) in \(request.suite)")
        let specifications = listing.split(separator: "\n").compactMap(Self.specification)
        return try records(specifications).sorted { ByteString($0.name) < ByteString($1.name) }
    }

    /// Excluded packages, and the marker that only says that `/usr` is merged: apt takes them for installed.
    private func leftOut(_ names: [String]) throws -> [InstalledPackage] {
        let names = ["usr-is-merged"] + names.filter { $0 != "usr-is-merged" }
        let known = ControlParagraph.parse(
            try apt.attempt("apt-cache", ["show", "--no-all-versions"] + names).outputText)
        return names.map { name in
            let record = known.first { $0["Package"] == name }
            return InstalledPackage(
                name: name, version: record?["Version"] ?? "0",
                architecture: record?["Architecture"] ?? "all", provides: record?["Provides"])
        }
    }

    /// `name=version` out of a line `'address' name_version_architecture.deb size hash`.
    static func specification(_ line: Substring) -> String? {
        let fields = line.split(separator: " ")
        guard fields.count >= 3, fields[0].hasPrefix("'"), fields[1].hasSuffix(".deb") else { return nil }
        let parts = fields[1].dropLast(4).split(separator: "_")
        guard parts.count == 3 else { return nil }
        return "\(parts[0])=\(decoded(parts[1]))"
    }

    /// apt writes `:` and what else a file name can't hold as `%3a`.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What the lists say of each `name=version`.
    private func records(_ specifications: [String]) throws -> [LockedPackage] {
        guard !specifications.isEmpty else { return [] }
        let doing = "reading what the lists say of the packages"
        let text = try apt.run("apt-cache", ["show"] + specifications, doing: doing)
        var found: [String: LockedPackage] = [:]
        for record in ControlParagraph.parse(text) {
            guard let package = LockedPackage(record), found[package.specification] == nil else { continue }
            found[package.specification] = package
        }
        return try specifications.map { specification in
            guard let package = found[specification] else {
                throw PackagingError.tool(doing: doing, message: "they have no SHA-256 of \(specification)")
            }
            return package
        }
    }
}

extension LockedPackage {
    /// Out of a record of the package lists; nil if a field is missing.
    init?(_ record: ControlParagraph) {
        guard let name = record["Package"], let version = record["Version"],
            let architecture = record["Architecture"], let file = record["Filename"],
            let size = record["Size"].flatMap(UInt64.init),
            let digest = record["SHA256"].flatMap({ SHA256Digest(hex: $0) }), DebianName.isPackage(name),
            DebianName.isVersion(version)
        else { return nil }
        self.init(
            name: name, version: version, architecture: architecture, file: file, size: size, digest: digest)
    }
}
