public import Bytes
internal import Digests
public import FileTree
public import JSON

/// Merges the SPDX 2.3 documents that a builder attached to images into one for the whole system,
/// as LinuxKit does: lists are appended in order, and file names are prefixed with the image's path. The
/// namespace, random in LinuxKit, is derived from the content.
public struct SPDXMerge: Sendable {
    /// The lists that are appended, in the order of SPDX's JSON schema.
    private enum List: String, CaseIterable {
        case externalDocumentRefs, packages, files, hasExtractedLicensingInfos, relationships, annotations
    }

    private var lists: [List: [JSONValue]] = [:]

    public init() {}

    /// Adds the document of an image whose files are below `prefix` (empty for the root).
    /// `what` names the document in errors.
    public mutating func add(_ document: [UInt8], prefix: ByteString, what: String) throws(SBOMError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: document) } catch {
            throw .notJSON(document: what, reason: error)
        }
        // A builder attaches an in-toto statement whose predicate is the document.
        let spdx = value["predicate"] ?? value
        if let version = Self.laterVersion(of: spdx) { throw .unsupported(document: what, version: version) }
        guard let version = spdx["spdxVersion"]?.string, version.hasPrefix("SPDX-2.") else {
            throw .notSPDX(document: what)
        }
        for list in List.allCases {
            for item in spdx[list.rawValue]?.array ?? [] {
                lists[list, default: []].append(Self.relocated(item, in: list, prefix: prefix))
            }
        }
        // SPDX 2.2 has a list of what a document describes; 2.3 uses relationships.
        for id in spdx["documentDescribes"]?.strings ?? [] {
            lists[.relationships, default: []].append([
                "spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": .text(id),
                "relationshipType": "DESCRIBES",
            ])
        }
    }

    /// The version of an SPDX 3 document, which is a different format (JSON-LD); nil for other documents.
    private static func laterVersion(of document: JSONValue) -> String? {
        if let version = document["spdxVersion"]?.string, version.hasPrefix("SPDX-"),
            !version.hasPrefix("SPDX-2.")
        {
            return version
        }
        let context = document["@context"]
        let texts = context?.string.map { [$0] } ?? context?.strings ?? []
        return texts.contains { $0.contains("spdx") } ? "SPDX-3" : nil
    }

    /// The merged document, compact, with a final newline. `created` is recorded in it.
    public func merged(stamp: BuildStamp, created: Timestamp) -> ByteString {
        var members = JSONObject()
        members["spdxVersion"] = "SPDX-2.3"
        members["dataLicense"] = "CC0-1.0"
        members["SPDXID"] = "SPDXRef-DOCUMENT"
        members["name"] = "sbom"
        members["documentNamespace"] = ""
        members["externalDocumentRefs"] = list(.externalDocumentRefs)
        members["creationInfo"] = [
            "licenseListVersion": "3.20", "creators": ["Organization: LinuxKit", "Tool: linuxkit"],
            "created": .text(created.rfc3339),
        ]
        for list in List.allCases.dropFirst() { members[list.rawValue] = self.list(list) }
        let content = SHA256Digest(hashing: JSONValue.object(members).encoded(.compact))
        let uuid = stamp.uuid(role: "SBOM namespace", of: content)
        members["documentNamespace"] = .text("https://github.com/linuxkit/linuxkit/sbom-\(uuid)")
        return ByteString(JSONValue.object(members).encoded(.compact) + [UInt8(ascii: "\n")])
    }

    private func list(_ list: List) -> JSONValue? { lists[list].map(JSONValue.array) }

    /// A file or package with the prefix added to its name.
    private static func relocated(_ item: JSONValue, in list: List, prefix: ByteString) -> JSONValue {
        guard var object = item.object else { return item }
        let key =
            switch list {
            case .files: "fileName"
            case .packages: "packageFileName"
            default: ""
            }
        guard !key.isEmpty else { return item }
        let path = cleaned(prefix, object[key]?.bytes ?? ByteString())
        object[key] = path.isEmpty ? nil : .string(path)
        return .object(object)
    }

    /// `prefix` and `name` joined, with empty parts, `.` and `..` resolved.
    private static func cleaned(_ prefix: ByteString, _ name: ByteString) -> ByteString {
        let slash = UInt8(ascii: "/")
        var parts: [ArraySlice<UInt8>] = []
        for part in (prefix.bytes + [slash] + name.bytes).split(separator: slash) {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        let isAbsolute = prefix.isEmpty && name.bytes.first == slash
        return ByteString((isAbsolute ? [slash] : []) + parts.joined(separator: [slash]))
    }
}

/// The reason why a bill of materials could not be merged.
public enum SBOMError: Error, Sendable, CustomStringConvertible {
    case notJSON(document: String, reason: JSONError)
    case notSPDX(document: String)
    /// An unsupported version of SPDX.
    case unsupported(document: String, version: String)

    public var description: String {
        switch self {
        case .notJSON(let document, let reason): "\(document) is not JSON: \(reason); build with --no-sbom"
        case .unsupported(let document, let version):
            "\(document) is \(version), which cannot be merged; only SPDX 2 can"
        case .notSPDX(let document): "\(document) is not an SPDX 2 document; build with --no-sbom"
        }
    }
}
