internal import JSON

extension ImageConfiguration {
    /// The document, without a space in it; fields in the specification's order, what is missing left out.
    public func encoded() -> [UInt8] {
        var object = JSONObject()
        if let created { object["created"] = .text(created) }
        object["architecture"] = .text(platform.architecture)
        if let variant = platform.variant { object["variant"] = .text(variant) }
        object["os"] = .text(platform.os)
        object["config"] = .object(config.json)
        object["rootfs"] = ["type": "layers", "diff_ids": .texts(diffIDs.map(\.oci))]
        return JSONValue.object(object).encoded(.compact)
    }
}

extension ImageConfiguration.Config {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        if let user { object["User"] = .text(user) }
        if let exposedPorts { object["ExposedPorts"] = Self.set(exposedPorts) }
        if let environment { object["Env"] = .texts(environment) }
        if let entrypoint { object["Entrypoint"] = .texts(entrypoint) }
        if let command { object["Cmd"] = .texts(command) }
        if let volumes { object["Volumes"] = Self.set(volumes) }
        if let workingDirectory { object["WorkingDir"] = .text(workingDirectory) }
        if let labels {
            var members = JSONObject()
            for (key, value) in labels { members[key] = .text(value) }
            object["Labels"] = .object(members.sorted)
        }
        if let stopSignal { object["StopSignal"] = .text(stopSignal) }
        return object
    }

    /// Go has no sets: keys with empty objects.
    private static func set(_ elements: [String]) -> JSONValue {
        var members = JSONObject()
        for element in elements { members[element] = .object(JSONObject()) }
        return .object(members.sorted)
    }
}
