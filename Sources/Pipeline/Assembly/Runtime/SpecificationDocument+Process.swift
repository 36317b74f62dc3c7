internal import JSON
internal import KitConfig

extension SpecificationDocument {
    func process() throws(SpecificationError) -> JSONObject {
        var process = JSONObject()
        process["user"] = .object(try user())
        process["args"] = .unlessEmpty(settings.arguments)
        process["env"] = .unlessEmpty(settings.environment)
        process["cwd"] = .text(settings.workingDirectory)
        process["capabilities"] = .object(try capabilities())
        process["rlimits"] = .unlessEmpty(try limits())
        if settings.setting(\.noNewPrivileges) == true { process["noNewPrivileges"] = true }
        process["oomScoreAdj"] = settings.setting(\.oomScoreAdj).map(JSONValue.integer)
        return process
    }

    private func user() throws(SpecificationError) -> JSONObject {
        var user = JSONObject()
        user["uid"] = .integer(Int64(try id(settings.setting(\.uid), "uid")))
        user["gid"] = .integer(Int64(try id(settings.setting(\.gid), "gid")))
        var groups: [JSONValue] = []
        for group in settings.setting(\.additionalGids) ?? [] {
            groups.append(.integer(Int64(try id(group, "additionalGids"))))
        }
        user["additionalGids"] = .unlessEmpty(groups)
        return user
    }

    /// The effective and ambient sets as given, the others sorted and without duplicates.
    private func capabilities() throws(SpecificationError) -> JSONObject {
        let effective = Capability.expand(settings.list(\.capabilities, adding: \.capabilitiesAdd))
        let ambient = Capability.expand(settings.setting(\.ambient) ?? [])
        for (field, names) in [("capabilities", effective), ("ambient", ambient)] {
            if let unknown = names.first(where: { !Capability.isKnown($0) }) {
                throw invalid(field, "unknown capability \"\(unknown)\"")
            }
        }
        let bounding = Set(effective + ambient).sorted()
        var capabilities = JSONObject()
        capabilities["bounding"] = .unlessEmpty(bounding)
        capabilities["effective"] = .unlessEmpty(effective)
        capabilities["inheritable"] = .unlessEmpty(bounding)
        capabilities["permitted"] = .unlessEmpty(bounding)
        capabilities["ambient"] = .unlessEmpty(ambient)
        return capabilities
    }

    private func limits() throws(SpecificationError) -> [JSONValue] {
        let limits = try parse(settings.setting(\.rlimits) ?? [], "rlimits") { (text) throws(RuleViolation) in
            try ResourceLimit(parsing: text)
        }
        return limits.map { ["type": .text($0.type), "hard": .number($0.hard), "soft": .number($0.soft)] }
    }
}
