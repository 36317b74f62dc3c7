public import Building
internal import Bytes
internal import Digests
internal import JSON
internal import OCI

/// The JSON form of a lock: members and images in a fixed order, one value per line, so that changes show as lines.
///
///     {
///         "version": 1,
///         "configuration": "sha256:…",
///         "files": {"https://…": "sha256:…"},
///         "images": {
///             "docker.io/linuxkit/init:v1": {
///                 "digest": "sha256:…",
///                 "platforms": {"linux/amd64": "sha256:…"}
///             }
///         }
///     }
public enum LockFile {
    /// The version of the form that is written, and the only one that is read.
    public static let version: Int64 = 1

    /// The suffix of lock files, in place of the configuration's.
    public static let suffix = ".lock.json"

    /// The path of the lock for a configuration file: `linuxkit.yml` has `linuxkit.lock.json` beside it.
    public static func path(for configuration: String) -> String {
        for suffix in [".yml", ".yaml"] where configuration.hasSuffix(suffix) {
            return configuration.dropLast(suffix.count) + Self.suffix
        }
        return configuration + Self.suffix
    }

    /// The text of the file, which ends with a line feed.
    public static func text(_ lock: ImageLock) -> [UInt8] {
        var files = JSONObject()
        for (url, digest) in lock.files { files[url] = .text(digest.oci) }
        var images = JSONObject()
        for (reference, pin) in lock.images {
            var platforms = JSONObject()
            for (platform, digest) in pin.manifests { platforms[platform.description] = .text(digest.oci) }
            images[reference.description] = [
                "digest": .text(pin.root.oci), "platforms": .object(platforms.sorted),
            ]
        }
        let document: JSONValue = [
            "version": .integer(version), "configuration": .text(lock.configuration.oci),
            "files": .object(files.sorted), "images": .object(images.sorted),
        ]
        return document.encoded(escapingHTML: false) + [UInt8(ascii: "\n")]
    }

    /// Parses the text of the file at `path`.
    public static func parse(_ text: [UInt8], path: String) throws(LockFileError) -> ImageLock {
        let document: JSONValue
        do throws(JSONError) { document = try JSONValue(parsing: text) } catch {
            throw LockFileError(path: path, reason: "\(error)")
        }
        return try Reader(path: path).lock(document)
    }
}

/// A lock file that cannot be read.
public struct LockFileError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "\(path) is not a lock file: \(reason)" }
}

/// Reads the members of the document; everything must be understood, so that nothing is unlocked by mistake.
private struct Reader {
    let path: String

    func lock(_ document: JSONValue) throws(LockFileError) -> ImageLock {
        let members = try object(document, "the document", ["version", "configuration", "files", "images"])
        guard let version = members["version"]?.int64 else { throw wrong("version", "an integer is needed") }
        guard version == LockFile.version else {
            throw wrong("version", "\(version) is not supported; this program reads \(LockFile.version)")
        }
        var lock = ImageLock(configuration: try digest(members["configuration"], "configuration"))
        for member in try object(members["files"] ?? [:], "files").members {
            lock.files[member.key.text] = try digest(member.value, "files.\(member.key)")
        }
        for member in try object(members["images"] ?? [:], "images").members {
            let place = "images.\(member.key)"
            let reference: ImageReference
            do throws(ImageError) { reference = try ImageReference(member.key.text) } catch {
                throw wrong(place, "\(error)")
            }
            lock.images[reference] = try pin(member.value, place)
        }
        return lock
    }

    private func pin(_ value: JSONValue, _ place: String) throws(LockFileError) -> ImagePin {
        let members = try object(value, place, ["digest", "platforms"])
        var pin = ImagePin(root: try digest(members["digest"], "\(place).digest"), manifests: [:])
        for member in try object(members["platforms"] ?? [:], "\(place).platforms").members {
            guard let platform = Platform(member.key.text) else {
                throw wrong("\(place).platforms", "\"\(member.key)\" is not a platform")
            }
            pin.manifests[platform] = try digest(member.value, "\(place).platforms.\(member.key)")
        }
        return pin
    }

    private func object(
        _ value: JSONValue, _ place: String, _ known: [String]? = nil
    ) throws(LockFileError) -> JSONObject {
        guard let object = value.object else { throw wrong(place, "an object is needed") }
        if let known {
            for member in object.members where !known.contains(member.key.text) {
                throw wrong(place, "unknown member \"\(member.key)\"")
            }
        }
        return object
    }

    private func digest(_ value: JSONValue?, _ place: String) throws(LockFileError) -> SHA256Digest {
        guard let text = value?.string, let digest = SHA256Digest(oci: text[...]) else {
            throw wrong(place, "a digest (sha256: and 64 hexadecimal digits) is needed")
        }
        return digest
    }

    private func wrong(_ place: String, _ reason: String) -> LockFileError {
        LockFileError(path: path, reason: "\(place): \(reason)")
    }
}
