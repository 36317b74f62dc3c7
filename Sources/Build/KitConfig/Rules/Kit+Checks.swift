internal import Bytes

/// What can be said only of the whole: names that occur once, names that exist.
extension Kit {
    func check(_ context: inout DecodeContext) {
        Self.checkUnique(services.map { ($0.name, $0.locations) }, "service", &context)
        Self.checkUnique(volumes.map { ($0.name, $0.locations) }, "volume", &context)
        let ids = containerIDs
        for container in containers {
            container.checkIDs(ids, &context)
            checkVolumes(of: container, &context)
        }
        for file in files { file.checkIDs(ids, &context) }
    }

    /// One at a time, so that each is reported at its own place.
    private func checkVolumes(of container: ContainerConfig, _ context: inout DecodeContext) {
        var parts: [(ContainerConfig, SourceLocation?)] = []
        for mount in container.mounts ?? [] {
            var part = ContainerConfig()
            part.mounts = [mount]
            parts.append((part, mount.locations["source"]))
        }
        for (key, binds) in [("binds", container.binds), ("binds.add", container.bindsAdd)] {
            for bind in binds ?? [] where (try? Bind(parsing: bind)) != nil {
                var part = ContainerConfig()
                part.binds = [bind]
                parts.append((part, container.locations[key]))
            }
        }
        for (part, location) in parts {
            do throws(RuleViolation) {
                _ = try resolvingVolumes(of: part)
            } catch {
                if let location { context.report(error.description, at: location) }
            }
        }
    }

    private static func checkUnique(
        _ names: [(name: String, locations: FieldLocations)], _ what: String, _ context: inout DecodeContext
    ) {
        var first: [ByteString: SourceLocation] = [:]
        for (name, locations) in names {
            guard let location = locations["name"], !name.isEmpty else { continue }
            if let earlier = first[ByteString(name)] {
                context.report("a \(what) \(ConfigNode.quote(name)) is at \(earlier) already", at: location)
            } else {
                first[ByteString(name)] = location
            }
        }
    }
}

extension ContainerConfig {
    fileprivate func checkIDs(_ ids: [ByteString: UInt32], _ context: inout DecodeContext) {
        for (key, references) in [
            ("uid", [uid]), ("gid", [gid]), ("additionalGids", additionalGids?.map(Optional.some) ?? []),
        ] {
            references.check(ids, at: locations[key], &context)
        }
    }
}

extension FileConfig {
    fileprivate func checkIDs(_ ids: [ByteString: UInt32], _ context: inout DecodeContext) {
        for (key, reference) in [("uid", uid), ("gid", gid)] {
            [reference].check(ids, at: locations[key], &context)
        }
    }
}

extension Array<IDReference?> {
    fileprivate func check(
        _ ids: [ByteString: UInt32], at location: SourceLocation?, _ context: inout DecodeContext
    ) {
        guard let location else { return }
        for case .name(let name)? in self where IDReference.name(name).resolved(ids) == nil {
            let names = ids.keys.sorted().map(\.text)
            let hint = NearestKey.find(name, among: names).map { ", did you mean \"\($0)\"?" } ?? ""
            context.report("no container has the name \(ConfigNode.quote(name))\(hint)", at: location)
        }
    }
}
