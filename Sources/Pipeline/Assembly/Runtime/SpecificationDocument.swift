internal import Bytes
internal import JSON
internal import KitConfig
internal import OCI

/// The members of `config.json`, in the order of the runtime specification's Go structures.
struct SpecificationDocument {
    let container: ContainerConfig
    let settings: ContainerSettings
    let ids: [ByteString: UInt32]

    func json() throws(SpecificationError) -> JSONValue {
        var spec = JSONObject()
        spec["ociVersion"] = .text(ContainerSpecification.version)
        spec["process"] = .object(try process())
        var root: JSONObject = ["path": "rootfs"]
        if settings.isReadOnly { root["readonly"] = true }
        spec["root"] = .object(root)
        spec["hostname"] = .unlessEmpty(settings.text(\.hostname))
        spec["mounts"] = .array(try mounts().map(\.json))
        spec["annotations"] = .unlessEmpty(settings.setting(\.annotations))
        spec["linux"] = .object(try linux())
        return .object(spec)
    }

    /// An error for the setting `field`.
    func invalid(_ field: String, _ reason: String) -> SpecificationError {
        .setting(
            container: container.name, field: field, reason: reason, location: container.locations[field])
    }

    func id(_ reference: IDReference?, _ field: String) throws(SpecificationError) -> UInt32 {
        guard let reference else { return 0 }
        if let id = reference.resolved(ids) { return id }
        guard case .name(let name) = reference else { return 0 }
        throw invalid(field, "no container has the name \"\(name)\"")
    }

    /// Parses each of `texts`; errors name the field.
    func parse<Value>(
        _ texts: [String], _ field: String, _ parse: (String) throws(RuleViolation) -> Value
    ) throws(SpecificationError) -> [Value] {
        var values: [Value] = []
        for text in texts {
            do throws(RuleViolation) {
                values.append(try parse(text))
            } catch { throw invalid(field, error.description) }
        }
        return values
    }
}

extension JSONValue {
    /// Go's `omitempty`: `nil` if the value is empty.
    static func unlessEmpty(_ text: String?) -> JSONValue? {
        text.flatMap { $0.isEmpty ? nil : .text($0) }
    }

    static func unlessEmpty(_ texts: [String]?) -> JSONValue? {
        texts.flatMap { $0.isEmpty ? nil : .texts($0) }
    }

    static func unlessEmpty(_ values: [JSONValue]) -> JSONValue? { values.isEmpty ? nil : .array(values) }

    static func unlessEmpty(_ map: StringMap?) -> JSONValue? {
        guard let map, !map.isEmpty else { return nil }
        var object = JSONObject()
        for entry in map.entries { object[entry.key] = .text(entry.value) }
        return .object(object)
    }
}
