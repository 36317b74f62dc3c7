internal import Bytes
internal import Digests
internal import JSON

extension PackageLock {
    /// The file's bytes. No mirror's name is among them.
    func encoded() -> [UInt8] {
        var architectures = JSONObject()
        for entry in entries {
            architectures[entry.request.architecture] = [
                "suite": .text(entry.request.suite),
                "request": [
                    "packages": .texts(entry.request.packages), "exclude": .texts(entry.request.excluded),
                    "depends": .bool(entry.request.resolvesDependencies),
                ],
                "packages": .array(entry.packages.map(\.json)),
            ]
        }
        let value: JSONValue = ["version": .number(Self.version), "architectures": .object(architectures)]
        return value.encoded(.indented(spaces: 2), escapingHTML: false) + [UInt8(ascii: "\n")]
    }

    /// `path` names the file in errors.
    init(_ value: JSONValue, path: String) throws {
        self.init()
        guard value["version"]?.int64 == Self.version, let architectures = value["architectures"]?.object
        else {
            throw PackagingError.invalidLock(
                path: path, reason: "it is not a lock of version \(Self.version)")
        }
        for member in architectures.members {
            let place = "architectures.\(member.key.text)"
            guard let request = PackageRequest(member.value, architecture: member.key.text),
                let list = member.value["packages"]?.array
            else { throw PackagingError.invalidLock(path: path, reason: "`\(place)` is incomplete") }
            let packages = try list.enumerated().map { index, item in
                guard let package = LockedPackage(item) else {
                    throw PackagingError.invalidLock(
                        path: path, reason: "`\(place).packages[\(index)]` names no .deb")
                }
                return package
            }
            set(packages, for: request)
        }
    }
}

extension PackageRequest {
    fileprivate init?(_ value: JSONValue, architecture: String) {
        guard let suite = value["suite"]?.string, let request = value["request"],
            let packages = request["packages"]?.strings, let excluded = request["exclude"]?.strings,
            let resolves = request["depends"]?.bool,
            PackageRecipe.knownArchitectures.contains(architecture)
        else { return nil }
        self.init(
            suite: suite, architecture: architecture, packages: packages, excluded: excluded,
            resolvesDependencies: resolves)
    }
}

extension LockedPackage {
    fileprivate var json: JSONValue {
        [
            "name": .text(name), "version": .text(version), "architecture": .text(architecture),
            "file": .text(file), "size": .number(size), "sha256": .text(digest.hex),
        ]
    }

    /// Nil unless every field is there and is what Debian allows: the values are handed to apt.
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, DebianName.isPackage(name),
            let version = value["version"]?.string, DebianName.isVersion(version),
            let architecture = value["architecture"]?.string,
            architecture == "all" || PackageRecipe.knownArchitectures.contains(architecture),
            let file = value["file"]?.string, let size = value["size"]?.uint64,
            let digest = value["sha256"]?.string.flatMap({ SHA256Digest(hex: $0) })
        else { return nil }
        self.init(
            name: name, version: version, architecture: architecture, file: file, size: size, digest: digest)
    }
}
