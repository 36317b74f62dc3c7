internal import Bytes

/// Checks that span the whole configuration: unique names, and references to existing names.
extension Kit {
    func check(_ context: inout DecodeContext) {
        for (section, containers) in [("onboot", onboot), ("onshutdown", onshutdown), ("services", services)]
        {
            eachWithPath(containers, section, \.locations, &context) { container, context in
                container.checkIDs(containerIDs, &context)
                checkVolumes(of: container, &context)
            }
        }
        eachWithPath(files, "files", \.locations, &context) { $0.checkIDs(containerIDs, &$1) }
        checkUnique(services, "services", \.name, \.locations, &context)
        checkUnique(volumes, "volumes", \.name, \.locations, &context)
    }

    /// Visits the elements of a section, each with its path in the file that defines it.
    private func eachWithPath<Element>(
        _ elements: [Element], _ section: String, _ locations: KeyPath<Element, FieldLocations>,
        _ context: inout DecodeContext, _ visit: (Element, inout DecodeContext) -> Void
    ) {
        var counts: [String: Int] = [:]
        for element in elements {
            let source = element[keyPath: locations].record?.source ?? ""
            let index = counts[source, default: 0]
            counts[source] = index + 1
            context.inside(".\(section)[\(index)]") { visit(element, &$0) }
        }
    }

    private func checkUnique<Element>(
        _ elements: [Element], _ section: String, _ name: KeyPath<Element, String>,
        _ locations: KeyPath<Element, FieldLocations>, _ context: inout DecodeContext
    ) {
        var first: [ByteString: SourceLocation] = [:]
        eachWithPath(elements, section, locations, &context) { element, context in
            let name = element[keyPath: name]
            guard let location = element[keyPath: locations]["name"], !name.isEmpty else { return }
            if let earlier = first[ByteString(name)] {
                context.report(
                    "duplicate name \(ConfigNode.quote(name)), first used at \(earlier)", at: location)
            } else {
                first[ByteString(name)] = location
            }
        }
    }
}

extension Kit {
    /// Checks each mount separately, so that problems are reported at the right location.
    private func checkVolumes(of container: ContainerConfig, _ context: inout DecodeContext) {
        for (index, mount) in (container.mounts ?? []).enumerated() {
            var part = ContainerConfig()
            part.mounts = [mount]
            checkVolumes(of: part, "mounts[\(index)]", at: mount.locations["source"], &context)
        }
        for (key, binds) in [("binds", container.binds), ("binds.add", container.bindsAdd)] {
            for (index, bind) in (binds ?? []).enumerated() where (try? Bind(parsing: bind)) != nil {
                var part = ContainerConfig()
                part.binds = [bind]
                checkVolumes(
                    of: part, "\(key)[\(index)]", at: container.locations["\(key)[\(index)]"], &context)
            }
        }
    }

    private func checkVolumes(
        of part: ContainerConfig, _ path: String, at location: SourceLocation?, _ context: inout DecodeContext
    ) {
        do throws(RuleViolation) {
            _ = try resolvingVolumes(of: part)
        } catch {
            guard let location else { return }
            context.inside(".\(path)") { $0.report(error.description, at: location) }
        }
    }
}

extension ContainerConfig {
    fileprivate func checkIDs(_ ids: [ByteString: UInt32], _ context: inout DecodeContext) {
        uid.check(ids, "uid", at: locations["uid"], &context)
        gid.check(ids, "gid", at: locations["gid"], &context)
        for (index, group) in (additionalGids ?? []).enumerated() {
            let key = "additionalGids[\(index)]"
            Optional(group).check(ids, key, at: locations[key], &context)
        }
    }
}

extension FileConfig {
    fileprivate func checkIDs(_ ids: [ByteString: UInt32], _ context: inout DecodeContext) {
        uid.check(ids, "uid", at: locations["uid"], &context)
        gid.check(ids, "gid", at: locations["gid"], &context)
    }
}

extension IDReference? {
    fileprivate func check(
        _ ids: [ByteString: UInt32], _ path: String, at location: SourceLocation?,
        _ context: inout DecodeContext
    ) {
        guard let location, case .name(let name)? = self, self?.resolved(ids) == nil else { return }
        let hint = NearestKey.find(name, among: ids.keys.sorted().map(\.text)).map {
            ", did you mean \"\($0)\"?"
        }
        context.inside(".\(path)") {
            $0.report("no container has the name \(ConfigNode.quote(name))\(hint ?? "")", at: location)
        }
    }
}
