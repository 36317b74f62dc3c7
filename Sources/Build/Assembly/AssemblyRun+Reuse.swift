internal import Bytes
internal import KitConfig
internal import OCI
internal import Tar

// Parts of an earlier output.
extension AssemblyRun {
    /// Places a part: as the earlier output has it, or by `build`.
    mutating func place(
        _ location: String, of name: ImageName, prefix: ByteString, hasStatements: Bool = true,
        build: (inout AssemblyRun) throws -> Void
    ) throws {
        if try reused(location, name, prefix: prefix, hasStatements: hasStatements) { return }
        let start = stream.entries.count
        try build(&self)
        compare(location, name, since: start)
    }

    /// Appends what an earlier output has at `location`, if that is to be used again unseen: where its image is at
    /// hand, the part is made from it, and compared.
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
            // With some statements missing the output would depend on what the cache has.
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

    /// The same for a bundle, whose image's files later bundles may refer to.
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

    /// Says whether the part that begins at `start` is what the earlier output has.
    func compare(_ location: String, _ name: ImageName, since start: Int) {
        guard reuse.contains(location), let earlier = assembler.earlier?.entries(at: location) else { return }
        if ReuseCheck.isSame(stream.entries[start...], as: earlier) { return assembler.onReuse(location) }
        assembler.onNote(
            "\(location): \(name) is not the image that the earlier output was built from; using the cached one"
        )
    }

    /// Remembers that an image names a user, which nothing uses.
    mutating func note(user: String, of reference: String) {
        if !ignoredUsers.contains(where: { $0.image == reference }) { ignoredUsers.append((reference, user)) }
    }

    /// Says at the end what is said once.
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
