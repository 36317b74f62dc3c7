internal import JSON
internal import KitConfig

extension SpecificationDocument {
    func linux() throws(SpecificationError) -> JSONObject {
        let devices = settings.setting(\.devices) ?? []
        var resources = settings.setting(\.resources) ?? Resources()
        resources.devices += devices.map(Self.rule)
        var linux = JSONObject()
        linux["uidMappings"] = .unlessEmpty(settings.setting(\.uidMappings)?.map(\.json) ?? [])
        linux["gidMappings"] = .unlessEmpty(settings.setting(\.gidMappings)?.map(\.json) ?? [])
        linux["sysctl"] = .unlessEmpty(settings.setting(\.sysctl))
        linux["resources"] = resources.json
        linux["cgroupsPath"] = .unlessEmpty(settings.setting(\.cgroupsPath))
        linux["namespaces"] = .array(namespaces())
        linux["devices"] = .unlessEmpty(try nodes(devices))
        linux["rootfsPropagation"] = .unlessEmpty(settings.setting(\.rootfsPropagation))
        linux["maskedPaths"] = .unlessEmpty(settings.setting(\.maskedPaths))
        linux["readonlyPaths"] = .unlessEmpty(settings.setting(\.readonlyPaths))
        return linux
    }

    /// The rule that allows a device in the control group, without which it cannot be used.
    private static func rule(_ device: DeviceConfig) -> DeviceRule {
        var rule = DeviceRule()
        rule.allow = true
        rule.type = device.type
        rule.access = "rwm"
        if !device.isKind {
            rule.major = device.major
            rule.minor = device.minor
        }
        return rule
    }

    private func nodes(_ devices: [DeviceConfig]) throws(SpecificationError) -> [JSONValue] {
        var nodes: [JSONValue] = []
        for device in devices where !device.isKind {
            guard let permissions = device.permissions else {
                throw invalid("devices", "\"\(device.path)\" needs an octal mode such as \"0660\"")
            }
            nodes.append([
                "path": .text(device.path), "type": .text(device.type), "major": .integer(device.major),
                "minor": .integer(device.minor), "fileMode": .integer(Int64(permissions)),
            ])
        }
        return nodes
    }

    /// A container shares network, IPC, host name and users with the system
    /// unless it says otherwise, and always has its own processes and mounts.
    private func namespaces() -> [JSONValue] {
        var namespaces: [JSONValue] = []
        func add(
            _ type: String, _ setting: KeyPath<ContainerConfig, String>, own: Set<String>, default: String
        ) {
            let said = settings.text(setting)
            let value = said.isEmpty ? `default` : said
            if value == "host" || value == "root" { return }
            var namespace: JSONObject = ["type": .text(type)]
            namespace["path"] = own.contains(value) ? nil : .text(value)
            namespaces.append(.object(namespace))
        }
        add("network", \.net, own: ["none", "new"], default: "host")
        add("ipc", \.ipc, own: ["new"], default: "host")
        add("uts", \.uts, own: ["new"], default: "host")
        add("pid", \.pid, own: ["new"], default: "new")
        add("user", \.userns, own: ["new"], default: "host")
        namespaces.append(["type": "mount"])
        return namespaces
    }
}
