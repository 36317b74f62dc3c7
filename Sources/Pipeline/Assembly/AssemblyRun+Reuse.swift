internal import Bytes
internal import KitConfig
internal import OCI
internal import Tar

// Reuse of parts of an earlier output.
extension AssemblyRun {
    /// Places a part, either from the earlier output or with `build`.
    mutating func place(
        _ location: String, of name: ImageName, prefix: ByteString, hasStatements: Bool = true,
        build: (inout AssemblyRun) throws -> Void
    ) throws {
        if try reused(location, name, prefix: prefix, hasStatements: hasStatements) { return }
        let start = stream.entries.count
        try build(&self)
        compare(location, name, since: start)
    }

    /// Appends the earlier output's part at `location` if it is reused without comparison. If its image is
    /// available, the part is built from it and compared instead.
    private mutating func reused(
        _ location: String, _ name: ImageName, prefix: ByteString, hasStatements: Bool
    ) throws -> Bool {
        guard reuse.contains(location), let entries = assembler.earlier?.entries(at: location) else {
            return false
        }
        if !name.isEmpty {
            let reference = try ImageReference(name.text)
            if assembler.isCompared(reference) { return false }
            if reference.digest == nil, !unconfirmed.contains(reference.description) {
                unconfirmed.append(reference.description)
            }
        }
        assembler.onReuse(location)
        for entry in entries { stream.append(reused: entry) }
        if assembler.options.collectSBOMs, hasStatements, !name.isEmpty {
            // With missing statements, the output would depend on the contents of the cache.
            do throws(ImageError) {
                let reference = try ImageReference(name.text)
                try collectStatements(
                    try assembler.images.image(reference, platform: assembler.platform), prefix: prefix)
            } catch {
                guard case .notFound = error.problem else { throw error }
                throw AssemblyError.noStatements(image: name.text)
            }
        }
        return true
    }

    /// The same for a bundle, to whose image files later bundles may refer.
    mutating func reusedBundle(
        _ location: String, _ container: ContainerConfig, at path: ByteString
    ) throws -> Bool {
        let reference = try ImageReference(container.image.text).description
        let isNew = extracted.root(of: reference) == nil
        let start = stream.entries.count
        let roots: [ByteString] = [path + "/lower", path + "/rootfs"]
        guard let entries = reuse.contains(location) ? assembler.earlier?.entries(at: location) : nil,
            let root = roots.first(where: { root in entries.contains { $0.header.name == root } })
        else { return false }
        let isReused = try reused(location, container.image, prefix: root + "/", hasStatements: isNew)
        guard isReused else { return false }
        if isNew, stream.entries.count > start { extracted.record(reference, at: root) }
        return true
    }

    /// Reports whether the part that begins at `start` matches the earlier output.
    func compare(_ location: String, _ name: ImageName, since start: Int) {
        guard reuse.contains(location), let earlier = assembler.earlier?.entries(at: location) else { return }
        if ReuseCheck.isSame(stream.entries[start...], as: earlier) { return assembler.onReuse(location) }
        assembler.onNote(
            "\(location): \(name) is not the image that the earlier output was built from; using the cached one"
        )
    }

    /// Records an image whose user is ignored.
    mutating func note(user: String, of reference: String) {
        if !ignoredUsers.contains(where: { $0.image == reference }) { ignoredUsers.append((reference, user)) }
    }

    /// Reports the collected notes and warnings at the end.
    func report() {
        if !unconfirmed.isEmpty {
            assembler.onWarning(
                "reused parts of the earlier output without comparing them with their images, which are not in the "
                    + "cache and whose tags may have moved: \(unconfirmed.joined(separator: ", ")); pass --pull to "
                    + "compare them")
        }
        if !ignoredUsers.isEmpty {
            let list = ignoredUsers.map { "\($0.image) (\($0.user))" }.joined(separator: ", ")
            assembler.onWarning(
                "ignored the users that images set, as LinuxKit does: \(list); their containers run as root unless "
                    + "the configuration sets uid")
        }
    }
}
