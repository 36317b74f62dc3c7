extension Kit {
    /// Returns the container with volumes in `binds` and in mounts of type `bind` replaced by the
    /// directories where they are mounted at run time.
    ///
    /// A source that starts with `/` is a path; any other is the name of a volume.
    public func resolvingVolumes(of container: ContainerConfig) throws(RuleViolation) -> ContainerConfig {
        var resolved = container
        resolved.mounts = try resolve(container.mounts) { (mount) throws(RuleViolation) in
            guard mount.type == "bind" else { return mount }
            var copy = mount
            copy.source = try directory(mount.source, options: mount.options)
            return copy
        }
        resolved.binds = try resolve(container.binds, bind)
        resolved.bindsAdd = try resolve(container.bindsAdd, bind)
        return resolved
    }

    private func resolve<Element>(
        _ list: [Element]?, _ transform: (Element) throws(RuleViolation) -> Element
    ) throws(RuleViolation) -> [Element]? {
        guard let list else { return nil }
        var result: [Element] = []
        for element in list { result.append(try transform(element)) }
        return result
    }

    private func bind(_ text: String) throws(RuleViolation) -> String {
        let bind = try Bind(parsing: text)
        let source = try directory(bind.source, options: bind.options ?? [])
        return source + text.dropFirst(bind.source.count)
    }

    private func directory(_ source: String, options: [String]) throws(RuleViolation) -> String {
        if source.hasPrefix("/") { return source }
        guard let volume = volume(named: source) else {
            let hint = NearestKey.find(source, among: volumes.map(\.name)).map { ", did you mean \"\($0)\"?" }
            throw RuleViolation(
                "\(ConfigNode.quote(source)) is neither an absolute path nor a volume\(hint ?? "")")
        }
        if volume.readonly, !options.contains("ro") || options.contains("rw") {
            throw RuleViolation("the volume \"\(volume.name)\" is read-only: bind it with the option \"ro\"")
        }
        return volume.mountPoint
    }
}

extension VolumeConfig {
    /// The path of the volume's directories in the image, without a leading slash.
    public var directory: String { "containers/volumes/\(name)" }

    /// The mount point at run time: an overlay of what containers wrote on the volume's image.
    public var mountPoint: String { "/\(directory)/merged" }
}
